import HTTPMessages
import NIOCore

/// Reads the answer to one request out of the bytes of a connection, which come in any pieces. It takes no byte behind
/// the answer.
struct AnswerReader {
    enum Part {
        case head(AnswerHead)
        case body(ByteBuffer, isLast: Bool)
    }

    private enum State {
        case head
        case body(BodyReader)
        case ended
    }

    /// The most bytes of a head, and of one that only says that the answer is still to come.
    private static let headLimit = 64 << 10

    private let isForHEAD: Bool
    private var heads = HeadReader(.answer, limit: headLimit)
    private var state = State.head

    init(isForHEAD: Bool) { self.isForHEAD = isForHEAD }

    /// - Returns: nil where more bytes are needed.
    mutating func next(_ bytes: inout ByteBuffer) throws(MessageError) -> Part? {
        switch state {
        case .head: try nextHead(&bytes).map { .head($0) }
        case .body(var reader): try nextOfBody(&reader, &bytes)
        case .ended: nil
        }
    }

    /// The connection has ended.
    /// - Returns: the last part, if the answer is whole with that.
    mutating func end() -> Part? {
        guard case .body(let reader) = state, reader.endsWithConnection else { return nil }
        state = .ended
        return .body(ByteBuffer(), isLast: true)
    }

    private mutating func nextHead(_ bytes: inout ByteBuffer) throws(MessageError) -> AnswerHead? {
        while true {
            let (taken, head) = try bytes.withUnsafeReadableBytes { bytes throws(MessageError) in
                try heads.read(bytes.bindMemory(to: UInt8.self))
            }
            bytes.moveReaderIndex(forwardBy: taken)
            guard let head = try head.map({ head throws(MessageError) in try AnswerHead(head, isForHEAD: isForHEAD) })
            else { return nil }
            // These say that the answer is still to come; after 101 nothing more would be HTTP.
            if (100..<200).contains(head.status), head.status != 101 { continue }
            state = .body(BodyReader(head.bodyLength))
            return head
        }
    }

    private mutating func nextOfBody(_ reader: inout BodyReader, _ bytes: inout ByteBuffer) throws(MessageError)
        -> Part?
    {
        let piece = try bytes.withUnsafeReadableBytes { bytes throws(MessageError) in
            try reader.next(bytes.bindMemory(to: UInt8.self))
        }
        bytes.moveReaderIndex(forwardBy: piece.framing)
        state = piece.isEnd ? .ended : .body(reader)
        guard piece.body > 0 || piece.isEnd else { return nil }
        return .body(bytes.readSlice(length: piece.body) ?? ByteBuffer(), isLast: piece.isEnd)
    }
}
