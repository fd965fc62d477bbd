import NIOCore
import NIOPosix
import NIOSSL
import TLSNames

/// The connections of one event loop, and the callers that wait for one, in order. On its event loop only.
///
/// A connection is made when somebody waits and fewer are being made than callers wait. Unused ones are taken up
/// again last in, first out, so that what is too many becomes idle and goes.
final class LoopConnectionPool {
    private let eventLoop: any EventLoop
    private let configuration: UpstreamConfiguration
    /// What every request says for its host.
    private let authority: String
    private let tls: NIOSSLContext
    private let limit: Int

    private var idle: [UpstreamConnection] = []
    private var waiting = CircularBuffer<PendingExchange>()
    /// Connections that count against the limit: being made, unused or serving.
    private var open = 0
    private var connecting = 0
    private var idleTimer: LoopTimer?
    private var stopped: EventLoopPromise<Void>?
    private var isStopping = false

    init(eventLoop: any EventLoop, configuration: UpstreamConfiguration, tls: NIOSSLContext, limit: Int) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        authority = configuration.endpoint.authority
        self.tls = tls
        self.limit = limit
    }

    // MARK: Callers

    func start(_ exchange: PendingExchange, sending request: UpstreamRequest) {
        if isStopping { return exchange.finish(exchange.machine.fail(.shuttingDown)) }
        guard let bytes = request.bytes(authority: authority) else {
            return exchange.finish(exchange.machine.fail(.invalidRequest))
        }
        exchange.keep(request: bytes)
        let now = NIODeadline.now()
        guard exchange.deadline > now else { return exchange.finish(exchange.machine.fail(.timedOut)) }
        // Nobody overtakes those who wait.
        if waiting.isEmpty, runOnIdleConnection(exchange, at: now) { return }
        enqueue(exchange)
    }

    private func runOnIdleConnection(_ exchange: PendingExchange, at now: NIODeadline) -> Bool {
        while let connection = idle.popLast() {
            let isRested = now - connection.idleSince >= configuration.restedTime
            if isWorn(connection, at: now) || !connection.run(exchange, asksKernel: isRested) {
                connection.retire()
            } else {
                return true
            }
        }
        return false
    }

    private func enqueue(_ exchange: PendingExchange) {
        waiting.append(exchange)
        let bound = NIOLoopBound(exchange, eventLoop: eventLoop)
        let pool = NIOLoopBound(self, eventLoop: eventLoop)
        exchange.queueTimer = eventLoop.scheduleTask(deadline: exchange.deadline) {
            pool.value.deadlinePassed(bound.value)
        }
        connectIfNeeded()
        if connecting > 0, waiting.count <= connecting { exchange.machine.connectionStarted() }
    }

    private func deadlinePassed(_ exchange: PendingExchange) {
        guard !exchange.machine.isSettled, exchange.machine.progress == .nothingSent else { return }
        waiting.removeAll { $0 === exchange }
        exchange.finish(exchange.machine.deadlinePassed())
    }

    // MARK: Connections

    private func connectIfNeeded() {
        while !isStopping, connecting < waiting.count, open < limit { connect() }
    }

    private func connect() {
        open += 1
        connecting += 1
        let endpoint = configuration.endpoint
        let hostname = endpoint.isIPAddress ? nil : endpoint.host
        let peer = PeerName(host: endpoint.host)
        let tls = self.tls
        let deadline = NIODeadline.now() + configuration.connectTime
        ClientBootstrap(group: eventLoop)
            .connectTimeout(configuration.connectTime)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                // Runs once for each address that is tried: every channel gets handlers of its own.
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        try NIOSSLClientHandler(context: tls, serverHostname: hostname), UpstreamConnection(peer: peer),
                    ])
                }
            }
            .connect(host: endpoint.host, port: endpoint.port)
            .assumeIsolated().whenComplete { result in
                let attached = result.flatMap { channel in
                    Result { try channel.pipeline.syncOperations.handler(type: UpstreamConnection.self) }
                }
                switch attached {
                case .success(let connection): connection.attach(to: self, connectDeadline: deadline)
                case .failure(let error): self.connectFailed(.ofConnecting(error))
                }
            }
    }

    /// A new connection is established, TLS included.
    func connected(_ connection: UpstreamConnection) {
        connecting -= 1
        place(connection, at: .now())
    }

    /// An attempt to connect failed. The first in the queue is told; whoever else waits gets a new attempt.
    func connectFailed(_ reason: UpstreamFailure.Reason) {
        connecting -= 1
        open -= 1
        if let exchange = waiting.popFirst() {
            exchange.machine.connectionStarted()
            exchange.finish(exchange.machine.fail(reason))
        }
        connectIfNeeded()
        stopIfDone()
    }

    /// A connection has done its exchange and can do another.
    func released(_ connection: UpstreamConnection) {
        let now = NIODeadline.now()
        if isWorn(connection, idle: false, at: now) { return connection.retire() }
        place(connection, at: now)
    }

    /// A connection is no longer usable.
    func gone(_ connection: UpstreamConnection) {
        open -= 1
        idle.removeAll { $0 === connection }
        connectIfNeeded()
        stopIfDone()
    }

    private func place(_ connection: UpstreamConnection, at now: NIODeadline) {
        if isStopping { return connection.retire() }
        if let exchange = waiting.popFirst() {
            exchange.queueTimer?.cancel()
            exchange.queueTimer = nil
            // In the very turn in which its answer was read, a close behind that answer would not be known yet.
            if connection.run(exchange, asksKernel: true) { return }
            connection.retire()
            return requeue(exchange)
        }
        connection.idleSince = now
        idle.append(connection)
        armIdleTimer()
    }

    /// The connection went in the moment in which it was given out: first in the queue again.
    private func requeue(_ exchange: PendingExchange) {
        let rest = waiting
        waiting = []
        enqueue(exchange)
        waiting.append(contentsOf: rest)
        connectIfNeeded()
    }

    // MARK: Age

    private func isWorn(_ connection: UpstreamConnection, idle: Bool = true, at now: NIODeadline) -> Bool {
        now - connection.createdAt >= configuration.maximumAge
            || (idle && now - connection.idleSince >= configuration.idleTime)
    }

    private func armIdleTimer() {
        guard let oldest = idle.first else { return }
        if idleTimer == nil {
            // Strong until the stop: a weak reference would make every other one slower.
            idleTimer = LoopTimer(eventLoop: eventLoop) { self.retireWorn() }
        }
        idleTimer?.set(oldest.idleSince + configuration.idleTime)
    }

    private func retireWorn() {
        let now = NIODeadline.now()
        for connection in idle where isWorn(connection, at: now) { connection.retire() }
        armIdleTimer()
    }

    // MARK: The end

    /// Refuses new exchanges, lets those that were sent finish, and fulfils the promise when the last connection
    /// is gone.
    func stop(_ promise: EventLoopPromise<Void>) {
        if let stopped { return stopped.futureResult.cascade(to: promise) }
        isStopping = true
        stopped = promise
        while let exchange = waiting.popFirst() { exchange.finish(exchange.machine.fail(.shuttingDown)) }
        for connection in idle { connection.retire() }
        stopIfDone()
    }

    private func stopIfDone() {
        guard isStopping, open == 0 else { return }
        idleTimer?.cancel()
        idleTimer = nil
        stopped?.succeed(())
    }
}
