import NIOCore
import NIOHTTP1

/// Takes an answer part by part and refuses at the first that is not acceptable, so that nothing beyond the limit is
/// kept. Pure.
struct FetchAnswerReader: Sendable {
    private let maximumBytes: Int
    private var hasHead = false
    private var body: [UInt8] = []

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    mutating func read(_ head: HTTPResponseHead) throws(FetchRefusal) {
        guard !self.hasHead else { throw FetchRefusal(.malformedAnswer) }
        self.hasHead = true
        let status = Int(head.status.code)
        guard !(300...399).contains(status) else { throw FetchRefusal(.redirected, status: status) }
        guard status == 200 else { throw FetchRefusal(.statusNotOK, status: status) }
        guard head.headers["content-encoding"].isEmpty else { throw FetchRefusal(.encoded) }
        let lengths = head.headers["content-length"]
        let codings = head.headers["transfer-encoding"]
        switch (lengths.count, codings.count) {
        case (1, 0):
            // The parser has checked the digits; one that does not fit an Int is too large for anything.
            guard let length = Int(lengths[0]), length <= self.maximumBytes else { throw FetchRefusal(.tooLarge) }
            guard length >= 0 else { throw FetchRefusal(.malformedAnswer) }
        case (0, 1):
            guard codings[0].lowercased() == "chunked" else { throw FetchRefusal(.encoded) }
        case (0, 0):
            throw FetchRefusal(.unframed)
        default:
            throw FetchRefusal(.malformedAnswer)
        }
    }

    mutating func read(_ bytes: ByteBuffer) throws(FetchRefusal) {
        guard self.hasHead else { throw FetchRefusal(.malformedAnswer) }
        guard bytes.readableBytes <= self.maximumBytes - self.body.count else { throw FetchRefusal(.tooLarge) }
        self.body.append(contentsOf: bytes.readableBytesView)
    }

    /// - Returns: the whole body.
    func end() throws(FetchRefusal) -> [UInt8] {
        guard self.hasHead else { throw FetchRefusal(.malformedAnswer) }
        return self.body
    }
}
