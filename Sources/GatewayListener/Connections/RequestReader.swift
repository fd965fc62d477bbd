import HTTPMessages
import NIOCore

/// Reads requests out of the bytes of one HTTP/1.1 connection, which come in any pieces. Of what is behind a request it
/// takes nothing until it is asked for the next.
struct RequestReader {
    enum Part {
        case head(HTTP1Head)
        case body(ByteBuffer, isLast: Bool)
    }

    private var heads: HeadReader
    /// Of the request whose head has been read.
    private var body: BodyReader?
    /// Whether the bytes were no request, so that nobody can tell where the next one would begin.
    private var isBroken = false

    /// - Parameter headBytes: the most bytes of a head.
    init(headBytes: Int) { heads = HeadReader(.request, limit: headBytes) }

    /// Whether nothing of a request has come that was not given yet.
    var isBetweenRequests: Bool { body == nil && !heads.hasBegun }

    /// - Returns: nil where more bytes are needed. After an error all bytes are passed over.
    mutating func next(_ bytes: inout ByteBuffer) throws(TransportRefusal) -> Part? {
        guard !isBroken else {
            bytes.clear()
            return nil
        }
        do {
            guard var body else { return try nextHead(&bytes).map { .head($0) } }
            let part = try nextOfBody(&body, &bytes)
            self.body = if case .body(_, isLast: true)? = part { nil } else { body }
            return part
        } catch {
            isBroken = true
            throw error
        }
    }

    private func nextOfBody(_ body: inout BodyReader, _ bytes: inout ByteBuffer) throws(TransportRefusal) -> Part? {
        let piece: BodyReader.Piece
        do {
            piece = try bytes.withUnsafeReadableBytes { bytes throws(MessageError) in
                try body.next(bytes.bindMemory(to: UInt8.self))
            }
        } catch {
            throw .malformed
        }
        bytes.moveReaderIndex(forwardBy: piece.framing)
        guard piece.body > 0 || piece.isEnd else { return nil }
        return .body(bytes.readSlice(length: piece.body) ?? ByteBuffer(), isLast: piece.isEnd)
    }

    private mutating func nextHead(_ bytes: inout ByteBuffer) throws(TransportRefusal) -> HTTP1Head? {
        guard bytes.readableBytes > 0 else { return nil }
        let (taken, head): (Int, MessageHead?)
        do {
            (taken, head) = try bytes.withUnsafeReadableBytes { bytes throws(MessageError) in
                try heads.read(bytes.bindMemory(to: UInt8.self))
            }
        } catch {
            throw error == .headTooLong ? .headersTooLarge : .malformed
        }
        bytes.moveReaderIndex(forwardBy: taken)
        guard let head else { return nil }
        let request = try HTTP1Head(head)
        body = BodyReader(request.bodyLength)
        return request
    }
}
