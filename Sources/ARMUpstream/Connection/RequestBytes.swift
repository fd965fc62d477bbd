import HTTPMessages
import NIOCore

extension UpstreamRequest {
    /// The whole request as it stands on the wire, head and body, to leave in as few TLS records as it can.
    ///
    /// - Returns: nil where a byte would mean something else there: nothing in the request may end a line, and nothing
    ///   may set the framing apart from the connection.
    func bytes(authority: String) -> ByteBuffer? {
        guard Self.areLetters(method), Self.isOriginForm(target) else { return nil }
        var room = MessageWriter.room(for: "host", authority) + MessageWriter.room(for: headers)
        // The rest: request line, framing and line ends.
        room += target.utf8.count + (token?.headerValueBytes ?? 0) + (body?.count ?? 0) + 256
        var isWhole = false
        var bytes = ByteBuffer()
        bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { room in
            var message = MessageWriter(room)
            message.append(method)
            message.append(" ")
            message.append(target)
            message.append(" HTTP/1.1\r\n")
            message.appendField("host", authority)
            token?.withHeaderValue { message.appendField("authorization", $0) }
            message.append(headers, without: Self.ownedByConnection)
            message.append("accept-encoding: identity\r\n")
            if let body { message.appendField("content-length", body.count) }
            message.appendLineEnd()
            if let body { message.append(body) }
            isWhole = message.isWhole
            return message.count
        }
        return isWhole ? bytes : nil
    }

    private static func areLetters(_ text: String) -> Bool {
        FieldText.withBytes(of: text) { bytes in
            for byte in bytes where !((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)) { return false }
            return !bytes.isEmpty
        }
    }

    private static func isOriginForm(_ text: String) -> Bool {
        FieldText.withBytes(of: text) { bytes in
            bytes.first == UInt8(ascii: "/") && FieldText.isVisible(bytes)
        }
    }

    private static let ownedByConnection = FieldNames([
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade", "expect",
        "proxy-connection", "proxy-authorization", "accept-encoding", "content-encoding", "authorization",
    ])
}
