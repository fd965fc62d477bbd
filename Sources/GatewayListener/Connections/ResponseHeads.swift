import HTTPMessages
import NIOCore
import NIOHPACK
import NIOHTTP1

extension OutboundResponse {
    /// Fields that only the listener writes.
    fileprivate static let framing = FieldNames(["connection", "content-length", "transfer-encoding"])

    /// Whether bytes follow the head, where the request allows a body at all.
    func sendsBody(omitted: Bool) -> Bool { mayHaveBody && !omitted && !body.isEmpty }

    /// The whole answer as it stands on the wire, to leave in one piece, and so in one TLS record if it fits.
    ///
    /// - Returns: nil where a field cannot stand in a head, or is framing, of which the listener is the author.
    func http1Bytes(omitsBody: Bool, closes: Bool) -> ByteBuffer? {
        let status = HTTPResponseStatus(statusCode: status)
        let reason = status.reasonPhrase
        let body = sendsBody(omitted: omitsBody) ? body : []
        // The rest: status line, framing and line ends.
        let room = MessageWriter.room(for: headers) + reason.utf8.count + body.count + 128
        var isWhole = false
        var bytes = ByteBuffer()
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { room in
            var message = MessageWriter(room)
            message.append("HTTP/1.1 ")
            message.append(Int(status.code))
            message.append(" ")
            message.append(reason)
            message.appendLineEnd()
            message.append(headers, without: Self.framing)
            if mayHaveBody { message.appendField("content-length", self.body.count) }
            if closes { message.appendField("connection", "close") }
            message.appendLineEnd()
            message.append(body)
            isWhole = message.isWhole
            return message.count
        }
        return isWhole ? bytes : nil
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
