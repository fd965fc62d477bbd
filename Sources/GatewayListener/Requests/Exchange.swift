import NIOCore

/// One request and its answer, seen from the event loop. It is never touched off that loop.
final class Exchange {
    /// Whether the answer must have no body, since the request was `HEAD`.
    let omitsBody: Bool
    /// Whether the request's last byte has arrived, wanted or not.
    private(set) var requestEnded = false
    /// Whether somebody has asked for the body.
    private(set) var bodyWanted = false
    private var reception: BodyReception
    /// Taken out of here before it is resumed, by whoever does, and resumed at the latest when the exchange is freed: once.
    private var waiting: UnsafeContinuation<Result<ByteBuffer, BodyError>, Never>?
    private var transport: (any ExchangeTransport)?
    /// Whether the client left before an answer was handed over.
    private var isAbandoned = false
    private var onAbandonment: (@Sendable () -> Void)?

    init(omitsBody: Bool, bodyLimit: Int, declaredLength: Int?, transport: any ExchangeTransport) {
        self.omitsBody = omitsBody
        reception = BodyReception(limit: bodyLimit, declaredLength: declaredLength)
        self.transport = transport
    }

    deinit { waiting?.resume(returning: .failure(.disconnected)) }

    /// Whether reading on makes sense: the body is wanted, or little of it is kept so far.
    var takesMore: Bool { bodyWanted || reception.bufferedBytes < Self.unwantedBytes }

    /// How much of a body is kept before anybody has asked for it, in bytes.
    private static let unwantedBytes = 65536

    /// The body or its failure if either is certain already, as is usual: the task that asks runs after the read that
    /// brought the request.
    func collectAtOnce() -> Result<ByteBuffer, BodyError>? {
        bodyWanted = true
        return reception.result
    }

    func collect(_ continuation: UnsafeContinuation<Result<ByteBuffer, BodyError>, Never>) {
        bodyWanted = true
        if let result = reception.result { return continuation.resume(returning: result) }
        // Two that ask at once is a mistake of the caller's; the earlier one must not hang for it.
        let earlier = waiting
        waiting = continuation
        earlier?.resume(returning: .failure(.disconnected))
        transport?.bodyIsWanted(by: self)
    }

    func received(_ bytes: ByteBuffer) {
        reception.received(bytes)
        tell()
    }

    func ended() {
        requestEnded = true
        reception.ended()
        tell()
    }

    func failed(_ error: BodyError) {
        reception.failed(error)
        tell()
    }

    func whenAbandoned(_ body: @escaping @Sendable () -> Void) {
        // After the answer there is nothing left to abandon.
        guard transport != nil else { return }
        if isAbandoned { return body() }
        if let earlier = onAbandonment {
            onAbandonment = {
                earlier()
                body()
            }
        } else {
            onAbandonment = body
        }
    }

    /// Nobody is there any more to read an answer: the connection has ended, or the stream.
    func abandoned() {
        failed(.disconnected)
        guard transport != nil, !isAbandoned else { return }
        isAbandoned = true
        let body = onAbandonment
        onAbandonment = nil
        body?()
    }

    func answer(_ response: OutboundResponse) {
        guard let transport else {
            response.delivered?(false)
            return
        }
        self.transport = nil
        onAbandonment = nil
        transport.answer(self, with: response)
    }

    private func tell() {
        guard let waiting, let result = reception.result else { return }
        self.waiting = nil
        waiting.resume(returning: result)
    }
}

/// The connection or stream that an exchange runs over.
protocol ExchangeTransport: AnyObject {
    /// Somebody waits for the body: send `100 Continue` where the client waits for it, and read on.
    func bodyIsWanted(by exchange: Exchange)
    /// Writes the answer, whole.
    func answer(_ exchange: Exchange, with response: OutboundResponse)
}
