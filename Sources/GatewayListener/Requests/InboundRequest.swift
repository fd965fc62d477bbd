package import HTTPMessages
package import NIOCore

/// A request as the wire told it, before anything has judged it. Its body is read only when asked for.
package final class InboundRequest: Sendable {
    package enum Version: String, Sendable { case http1 = "HTTP/1.1", http2 = "HTTP/2" }

    package let method: String
    /// The request target exactly as received: usually path and query, but also `*` or an absolute URL.
    package let rawTarget: String
    /// The one name that the request gives to its host: the `Host` header's, or HTTP/2's `:authority`.
    package let authority: String
    /// The header fields, without HTTP/2's pseudo-headers.
    package let headers: ReceivedFields
    /// The peer's IP address without a port.
    package let remoteAddress: String
    package let version: Version
    package let clientCertificate: ClientCertificate?
    /// The loop that this request's connection and, through the task executor, its task run on.
    package let eventLoop: any EventLoop
    private let body: Body

    private enum Body: Sendable {
        case exchange(NIOLoopBound<Exchange>)
        case fixed(Result<ByteBuffer, BodyError>)
    }

    init(
        method: String, rawTarget: String, authority: String, headers: ReceivedFields, version: Version,
        peer: ConnectionPeer, exchange: NIOLoopBound<Exchange>, eventLoop: any EventLoop
    ) {
        self.method = method
        self.rawTarget = rawTarget
        self.authority = authority
        self.headers = headers
        remoteAddress = peer.address
        self.version = version
        clientCertificate = peer.certificate
        self.eventLoop = eventLoop
        body = .exchange(exchange)
    }

    /// A request that came over no connection, for tests of what judges requests.
    package init(
        method: String, rawTarget: String, authority: String = "localhost",
        headers: ReceivedFields = ReceivedFields(), remoteAddress: String = "127.0.0.1", version: Version = .http1,
        clientCertificate: ClientCertificate? = nil, eventLoop: any EventLoop,
        body: Result<ByteBuffer, BodyError> = .success(ByteBuffer())
    ) {
        self.method = method
        self.rawTarget = rawTarget
        self.authority = authority
        self.headers = headers
        self.remoteAddress = remoteAddress
        self.version = version
        self.clientCertificate = clientCertificate
        self.eventLoop = eventLoop
        self.body = .fixed(body)
    }

    /// Waits for the whole body. Asking is what answers `Expect: 100-continue`, so ask once the caller is known.
    ///
    /// A declared length over the limit fails at once; so does the first chunk that goes over it.
    package func collectBody() async throws(BodyError) -> ByteBuffer {
        switch body {
        case .fixed(let result): return try result.get()
        case .exchange(let exchange):
            let loop = eventLoop
            if loop.inEventLoop, let result = exchange.value.collectAtOnce() { return try result.get() }
            let result = await withUnsafeContinuation { continuation in
                if loop.inEventLoop {
                    exchange.value.collect(continuation)
                } else {
                    loop.execute { exchange.value.collect(continuation) }
                }
            }
            return try result.get()
        }
    }

    /// Gives the answer to the connection or stream that the request came over.
    func answer(_ response: OutboundResponse) {
        guard case .exchange(let exchange) = body else { return }
        if eventLoop.inEventLoop {
            exchange.value.answer(response)
        } else {
            eventLoop.execute { exchange.value.answer(response) }
        }
    }

    /// Asks to be told, on the event loop and at most once, that the client is gone: its connection, or its HTTP/2
    /// stream, ended while the request was being served, before an answer was handed over. If that has happened already
    /// it is told at once. An answer after it is told undelivered; what became of an answer in time is told by
    /// ``OutboundResponse/delivered``.
    package func whenAbandoned(_ body: @escaping @Sendable () -> Void) {
        guard case .exchange(let exchange) = self.body else { return }
        if eventLoop.inEventLoop {
            exchange.value.whenAbandoned(body)
        } else {
            eventLoop.execute { exchange.value.whenAbandoned(body) }
        }
    }
}

/// What is known of the other end of a connection; the same for all of its requests.
struct ConnectionPeer: Sendable {
    var address: String
    var certificate: ClientCertificate?
}
