import HTTPFields
import NIOHPACK
import NIOHTTP1

extension OutboundResponse {
    /// Fields that only the listener writes.
    fileprivate static let framing = FieldNames(["connection", "content-length", "transfer-encoding"])

    /// Whether bytes follow the head, where the request allows a body at all.
    func sendsBody(omitted: Bool) -> Bool { mayHaveBody && !omitted && !body.isEmpty }

    /// Status line and fields as they stand on the wire, the empty line behind them among them.
    ///
    /// - Returns: nil where a field cannot stand in a head: its name is no token, its value has a control character
    ///   (by a line break the head would end where others choose), or it is framing, of which the listener is the author.
    func http1Head(closes: Bool) -> [UInt8]? {
        var head: [UInt8] = []
        // Room for the usual fields, a link or two among them; whatever is longer makes more.
        head.reserveCapacity(512 + 128 * headers.count)
        let status = HTTPResponseStatus(statusCode: status)
        head.append("HTTP/1.1 ")
        head.append(String(status.code))
        head.append(0x20)
        head.append(status.reasonPhrase)
        head.appendLineEnd()
        for (name, value) in headers {
            guard FieldText.isName(name), FieldText.isValue(value), Self.framing.listed(name) == nil else { return nil }
            head.appendField(name, value)
        }
        if mayHaveBody { head.appendField("content-length", String(body.count)) }
        if closes { head.appendField("connection", "close") }
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

    fileprivate mutating func appendField(_ name: String, _ value: String) {
        append(name)
        append(0x3a)
        append(0x20)
        append(value)
        appendLineEnd()
    }
}
