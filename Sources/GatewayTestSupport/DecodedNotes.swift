package import NIOCore
package import NIOHTTP1

/// Notes what NIO's own decoder of HTTP/1.1 finds, to compare with: the head as told, each field, the body in one piece, and
/// how it ended.
package final class DecodedNotes<Head: Sendable & Equatable>: ChannelInboundHandler {
    package typealias InboundIn = HTTPPart<Head, ByteBuffer>

    package private(set) var notes: [String] = []
    private let describe: (Head) -> (line: String, fields: HTTPHeaders)

    package init(_ describe: @escaping (Head) -> (line: String, fields: HTTPHeaders)) { self.describe = describe }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            let (line, fields) = describe(head)
            notes.append(line)
            for (name, value) in fields { notes.append("\(name)=\(Self.trimmed(value))") }
            notes.append("")
        case .body(let bytes): notes[notes.count - 1] += String(buffer: bytes)
        case .end: notes.append("end")
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) { notes.append("error") }

    /// Without the blanks at the end: it leaves a space behind a value, which RFC 9110 does not count to it.
    private static func trimmed(_ value: String) -> String {
        var text = value[...]
        while let last = text.utf8.last, last == 0x20 || last == 0x09 { text.removeLast() }
        return String(text)
    }
}
