import NIOCore

/// How far the body of one request has come: a state machine without any I/O.
struct BodyReception {
    private enum State {
        case receiving(ByteBuffer?)
        case complete(ByteBuffer)
        case failed(BodyError)
    }

    private var state: State
    private let limit: Int

    /// - Parameter declaredLength: `Content-Length`, where there is one; over the limit it fails before a byte has come.
    init(limit: Int, declaredLength: Int?) {
        self.limit = limit
        state = if let declaredLength, declaredLength > limit { .failed(.tooLarge) } else { .receiving(nil) }
    }

    /// The body or its failure, once either is certain.
    var result: Result<ByteBuffer, BodyError>? {
        switch state {
        case .receiving: nil
        case .complete(let body): .success(body)
        case .failed(let error): .failure(error)
        }
    }

    /// How many bytes wait for someone to ask for them.
    var bufferedBytes: Int {
        if case .receiving(let buffer) = state { buffer?.readableBytes ?? 0 } else { 0 }
    }

    mutating func received(_ bytes: ByteBuffer) {
        guard case .receiving(let earlier) = state else { return }
        guard bufferedBytes + bytes.readableBytes <= limit else {
            state = .failed(.tooLarge)
            return
        }
        guard var buffer = earlier else {
            // The usual body comes in one piece and is kept without a copy.
            state = .receiving(bytes)
            return
        }
        state = .receiving(nil)
        buffer.writeImmutableBuffer(bytes)
        state = .receiving(buffer)
    }

    mutating func ended() {
        if case .receiving(let buffer) = state { state = .complete(buffer ?? ByteBuffer()) }
    }

    mutating func failed(_ error: BodyError) {
        if case .receiving = state { state = .failed(error) }
    }
}
