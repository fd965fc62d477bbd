import HTTPFields
import NIOCore

extension UpstreamRequest {
    /// The whole request as it stands on the wire, head and body, to leave in as few TLS records as it can.
    ///
    /// - Returns: nil where a byte would mean something else there: nothing in the request may end a line, and nothing
    ///   may set the framing apart from the connection.
    func bytes(authority: String) -> ByteBuffer? {
        guard Self.areLetters(method), Self.isOriginForm(target) else { return nil }
        var head: [UInt8] = []
        // Room for the usual fields, the token among them; whatever is longer makes more.
        head.reserveCapacity(target.utf8.count + 3072)
        head.append(method)
        head.append(0x20)
        head.append(target)
        head.append(" HTTP/1.1\r\n")
        head.appendField("host", authority)
        token?.withHeaderValue { head.appendField("authorization", $0) }
        for (name, value) in headers {
            guard FieldText.isName(name), FieldText.isValue(value), Self.ownedByConnection.listed(name) == nil else {
                return nil
            }
            head.appendField(name, value)
        }
        head.append("accept-encoding: identity\r\n")
        if let body { head.appendField("content-length", String(body.count)) }
        head.append("\r\n")
        var bytes = ByteBuffer()
        bytes.reserveCapacity(head.count + (body?.count ?? 0))
        bytes.writeBytes(head)
        if let body { bytes.writeBytes(body) }
        return bytes
    }

    private static func areLetters(_ text: String) -> Bool {
        FieldText.withBytes(of: text) { bytes in
            for byte in bytes where !((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)) { return false }
            return !bytes.isEmpty
        }
    }

    private static func isOriginForm(_ text: String) -> Bool {
        FieldText.withBytes(of: text) { bytes in
            guard bytes.first == UInt8(ascii: "/") else { return false }
            // Without a way out in the middle, so that several bytes are looked at at once.
            var bad: UInt8 = 0
            for index in 0..<bytes.count { bad |= bytes[index] <= 0x20 || bytes[index] >= 0x7f ? 1 : 0 }
            return bad == 0
        }
    }

    private static let ownedByConnection = FieldNames([
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
        "proxy-connection", "proxy-authorization", "accept-encoding", "content-encoding", "authorization",
    ])
}

extension [UInt8] {
    fileprivate mutating func append(_ text: String) { FieldText.withBytes(of: text) { append(contentsOf: $0) } }

    fileprivate mutating func appendField(_ name: String, _ value: String) {
        append(name)
        append(0x3a)
        append(0x20)
        append(value)
        append(0x0d)
        append(0x0a)
    }
}
