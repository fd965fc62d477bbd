import NIOHPACK
import NIOHTTP1

extension OutboundResponse {
    /// Whether bytes follow the head, where the request allows a body at all.
    func sendsBody(omitted: Bool) -> Bool { mayHaveBody && !omitted && !body.isEmpty }

    /// Status line and fields as they stand on the wire, the empty line behind them among them.
    ///
    /// - Returns: nil where a field cannot stand in a head: its name is no token, its value has a control character
    ///   (by a line break the head would end where others choose), or it is framing, of which the listener is the author.
    func http1Head(closes: Bool) -> [UInt8]? {
        // Room for everything, the status line and the framing in the first number.
        var size = 128
        for (name, value) in headers { size += name.utf8.count + value.utf8.count + 4 }
        var head: [UInt8] = []
        head.reserveCapacity(size)
        let status = HTTPResponseStatus(statusCode: status)
        head.append("HTTP/1.1 ")
        head.append(String(status.code))
        head.append(0x20)
        head.append(status.reasonPhrase)
        head.appendLineEnd()
        for (name, value) in headers {
            guard head.appendField(name, value) else { return nil }
        }
        if mayHaveBody { _ = head.appendField("content-length", String(body.count), isFraming: true) }
        if closes { _ = head.appendField("connection", "close", isFraming: true) }
        head.appendLineEnd()
        return head
    }

    func http2Head() -> HPACKHeaders {
        var fields = HPACKHeaders()
        fields.reserveCapacity(headers.count + 2)
        fields.add(name: ":status", value: String(status))
        for (name, value) in headers { fields.add(name: name.lowercased(), value: value) }
        if mayHaveBody { fields.add(name: "content-length", value: String(body.count)) }
        return fields
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: String) { FieldText.withBytes(of: text) { append(contentsOf: $0) } }

    fileprivate mutating func appendLineEnd() {
        append(0x0d)
        append(0x0a)
    }

    /// - Returns: false if it cannot stand in a head, which is then of no use.
    fileprivate mutating func appendField(_ name: String, _ value: String, isFraming: Bool = false) -> Bool {
        let isGood = FieldText.withBytes(of: name) { bytes in
            append(contentsOf: bytes)
            return Self.isToken(bytes)
        }
        append(0x3a)
        append(0x20)
        let hasGoodValue = FieldText.withBytes(of: value) { bytes in
            append(contentsOf: bytes)
            return Self.isValue(bytes)
        }
        appendLineEnd()
        return isGood && hasGoodValue && (isFraming || !Self.isFraming(name))
    }

    private static func isFraming(_ name: String) -> Bool {
        switch name.utf8.count {
        case 10: FieldText.same(name, "connection")
        case 14: FieldText.same(name, "content-length")
        case 17: FieldText.same(name, "transfer-encoding")
        default: false
        }
    }

    private static func isToken(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for byte in bytes {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: break
            case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e...0x60, 0x7c, 0x7e: break
            default: return false
            }
        }
        return !bytes.isEmpty
    }

    /// Without a way out in the middle, so that several bytes are looked at at once.
    private static func isValue(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var bad: UInt8 = 0
        for byte in bytes { bad |= (byte < 0x20 && byte != 0x09) || byte == 0x7f ? 1 : 0 }
        return bad == 0
    }
}
