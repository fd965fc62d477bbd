package import NIOCore
import NIOPosix

/// The gateway's connections to ARM: a small pool an event loop, so that an exchange stays on the loop of its
/// request and takes no lock.
///
/// It sends a request once, or not at all: nothing is repeated after a byte may have left, redirects are answers
/// like any other, and the cancellation of the calling task does not cut an exchange short.
package final class UpstreamConnections: Sendable {
    private let group: any EventLoopGroup
    private let pools: [ObjectIdentifier: NIOLoopBoundBox<LoopConnectionPool>]
    private let maximumBodyBytes: Int

    /// - Parameter eventLoopGroup: where requests run; a request that runs elsewhere is given one of its loops.
    /// - Throws: ``UpstreamConfigurationError``, or an error of NIOSSL for trust roots that cannot be read.
    package init(configuration: UpstreamConfiguration, eventLoopGroup: any EventLoopGroup) throws {
        let host = configuration.endpoint.host
        guard !host.isEmpty, host.utf8.count <= 255, !host.utf8.contains(0) else {
            throw UpstreamConfigurationError.unusableHost
        }
        let tls = try configuration.makeTLSContext()
        let loops = Array(eventLoopGroup.makeIterator())
        let share = max(1, configuration.maximumConnections / max(1, loops.count))
        var extra = max(0, configuration.maximumConnections - share * loops.count)
        var pools: [ObjectIdentifier: NIOLoopBoundBox<LoopConnectionPool>] = [:]
        for loop in loops {
            let pool = LoopConnectionPool(
                eventLoop: loop, configuration: configuration, tls: tls, limit: share + (extra > 0 ? 1 : 0))
            pools[ObjectIdentifier(loop)] = NIOLoopBoundBox.makeBoxSendingValue(pool, eventLoop: loop)
            extra = max(0, extra - 1)
        }
        self.group = eventLoopGroup
        self.pools = pools
        self.maximumBodyBytes = configuration.maximumBodyBytes
    }

    /// Sends the request and waits for the whole answer.
    ///
    /// - Parameter deadline: for everything together: waiting for a connection, connecting, head and body.
    package func exchange(_ request: UpstreamRequest, deadline: NIODeadline) async -> ExchangeResult {
        await withUnsafeContinuation { continuation in
            if let loop = MultiThreadedEventLoopGroup.currentEventLoop, let pool = pools[ObjectIdentifier(loop)] {
                start(request, deadline, continuation, in: pool.value)
                return
            }
            let loop = group.next()
            guard let pool = pools[ObjectIdentifier(loop)] else {
                continuation.resume(returning: .notSent(UpstreamFailure(.shuttingDown, during: .waiting)))
                return
            }
            loop.execute { self.start(request, deadline, continuation, in: pool.value) }
        }
    }

    private func start(
        _ request: UpstreamRequest, _ deadline: NIODeadline,
        _ continuation: UnsafeContinuation<ExchangeResult, Never>, in pool: LoopConnectionPool
    ) {
        let exchange = PendingExchange(
            asksForHead: request.method == "HEAD", deadline: deadline, maximumBodyBytes: maximumBodyBytes,
            continuation: continuation)
        pool.start(exchange, sending: request)
    }

    /// Refuses new exchanges from now on, and returns when those under way have ended and all connections are
    /// closed. It waits no longer than the deadlines of the exchanges.
    package func shutdown() async {
        let ends = pools.values.map { pool in
            let promise = pool.eventLoop.makePromise(of: Void.self)
            pool.eventLoop.execute { pool.value.stop(promise) }
            return promise.futureResult
        }
        for end in ends { try? await end.get() }
    }
}
