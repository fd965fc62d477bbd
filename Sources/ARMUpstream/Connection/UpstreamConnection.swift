import HTTPMessages
import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
import TLSNames

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One connection to ARM: the last handler of its channel, serving one exchange at a time. On its event loop only.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let createdAt = NIODeadline.now()
    /// When it was last put down unused.
    var idleSince = NIODeadline.now()

    /// Nil where the endpoint is an IP address.
    private let peer: PeerName?
    /// Of the answer that is under way.
    private var answer = AnswerReader(isForHEAD: false)
    /// Of the latest request, head and body.
    private var requestBytes = 0
    private var life = ConnectionLife()
    private var exchange: PendingExchange?
    private var context: ChannelHandlerContext?
    private var options: (any NIOSynchronousChannelOptions)?
    /// Set once the pool knows of the connection; until then events are only remembered in `life`.
    private var pool: LoopConnectionPool?
    private var timer: LoopTimer?
    private var connectFailure: UpstreamFailure.Reason?

    init(peer: PeerName?) { self.peer = peer }

    /// Puts the connection, whose TCP part is established, under a pool.
    func attach(to pool: LoopConnectionPool, connectDeadline: NIODeadline) {
        self.pool = pool
        if life.isGone { return reportConnectFailure() }
        guard life.isHandshaking else { return pool.connected(self) }
        timer?.set(connectDeadline)
    }

    /// Takes on an exchange and sends its request. False, with nothing sent, if the connection cannot serve: the
    /// exchange is then as it was.
    /// - Parameter asksKernel: the kernel is asked as well whether it is still there.
    func run(_ exchange: PendingExchange, asksKernel: Bool) -> Bool {
        guard let context, context.channel.isActive, !asksKernel || isEstablishedInKernel, life.claim() else {
            return false
        }
        guard exchange.machine.connectionReady() == .write else {
            // Settled before its turn came: nothing to send, and the connection has to be counted out.
            perform(life.exchangeAbandoned())
            return true
        }
        self.exchange = exchange
        timer?.set(exchange.deadline)
        answer = AnswerReader(isForHEAD: exchange.asksForHead)
        let bytes = exchange.takeBytes()
        requestBytes = bytes.readableBytes
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        return true
    }

    /// Closes it in good order if it is unused.
    func retire() { perform(life.retire()) }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        options = context.channel.syncOptions
        // Strong until the handler is removed: a weak reference would make every other one slower.
        timer = LoopTimer(eventLoop: context.eventLoop) { self.deadlinePassed() }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        ended(.closed)
        timer?.cancel()
        timer = nil
        options = nil
        self.context = nil
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, life.isHandshaking {
            timer?.unset()
            if let peer, !peer.isProved(in: context.pipeline.syncOperations) { return ended(.certificateInvalid) }
            perform(life.handshakeCompleted())
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        do {
            while exchange != nil, let part = try answer.next(&bytes) { take(part) }
        } catch {
            return ended(.malformedAnswer)
        }
        // Nobody asked for what stands behind an answer: it would become the beginning of the next caller's.
        if bytes.readableBytes > 0 { perform(life.receivedUnsolicitedBytes()) }
    }

    private func take(_ part: AnswerReader.Part) {
        guard let exchange else { return }
        switch part {
        case .head(let head):
            let action = exchange.machine.received(head)
            if action == .keep { exchange.keep(head) } else { settle(action) }
        case .body(let bytes, let isLast):
            let action = exchange.machine.receivedBody(bytes: bytes.readableBytes)
            guard action == .keep else { return settle(action) }
            exchange.keep(bytes)
            if isLast { settle(exchange.machine.receivedEnd()) }
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) { perform(life.readCompleted()) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        ended(life.isHandshaking ? .ofConnecting(error) : .closed)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // Which may be the end of an answer.
        if exchange != nil, let last = answer.end() { take(last) }
        ended(life.isHandshaking ? .tlsFailed : .closed)
    }

    // MARK: Consequences

    private func deadlinePassed() {
        if let exchange {
            settle(exchange.machine.deadlinePassed())
        } else if life.isHandshaking {
            ended(.timedOut)
        }
    }

    /// Acts on what the machine says about the exchange, and on what follows for the connection.
    private func settle(_ action: ExchangeStateMachine.Action) {
        guard let exchange else { return }
        switch action {
        case .deliver(let reusable):
            self.exchange = nil
            timer?.unset()
            life.answered(reusable: reusable && !hasUnsentBytes)
            exchange.finish(action)
        case .reportNotSent, .reportOutcomeUnknown:
            self.exchange = nil
            exchange.finish(action)
            perform(life.exchangeAbandoned())
        case .nothing, .write, .keep:
            break
        }
    }

    private func ended(_ reason: UpstreamFailure.Reason) {
        if let exchange { settle(exchange.machine.fail(reason)) }
        if life.isHandshaking { connectFailure = reason }
        perform(life.ended())
    }

    private func perform(_ action: ConnectionLife.Action) {
        switch action {
        case .nothing:
            break
        case .announce:
            pool?.connected(self)
        case .release:
            pool?.released(self)
        case .reportConnectFailure:
            dropChannel()
            reportConnectFailure()
        case .close:
            timer?.cancel()
            context?.close(promise: nil)
            leavePool { $0.gone($1) }
        case .abort:
            timer?.cancel()
            dropChannel()
            leavePool { $0.gone($1) }
        }
    }

    private func reportConnectFailure() {
        let reason = connectFailure ?? .connectFailed
        leavePool { pool, _ in pool.connectFailed(reason) }
    }

    private func leavePool(_ farewell: (LoopConnectionPool, UpstreamConnection) -> Void) {
        guard let pool else { return }
        self.pool = nil
        farewell(pool, self)
    }

    /// Closes beneath TLS: there is nobody left to exchange close notices with, and waiting for them would keep a
    /// socket to a peer that hangs.
    private func dropChannel() {
        guard let context else { return }
        if let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self) {
            tls.close(mode: .all, promise: nil)
        } else {
            context.close(promise: nil)
        }
    }

    /// An answer that came before the request was wholly written leaves the rest of the request in the way. The kernel
    /// takes a short one whole, on a connection where nothing waits to be sent.
    private var hasUnsentBytes: Bool {
        requestBytes > 8 << 10 && (try? options?.getOption(.bufferedWritableBytes)) != 0
    }

    /// Whether the kernel still holds the connection for established. A close that has arrived but was not read yet
    /// would turn the request into one whose outcome is unknown.
    private var isEstablishedInKernel: Bool {
        #if os(Linux)
            guard let options, let info = try? options.getOption(Self.tcpInfo) else { return true }
            return withUnsafeBytes(of: info) { $0[0] == UInt8(TCP_ESTABLISHED) }
        #else
            return true
        #endif
    }

    #if os(Linux)
        /// The first four bytes of `tcp_info`, which begins with the connection's state; the kernel gives as many as asked.
        private static let tcpInfo = ChannelOptions.Types.SocketOption(
            level: .tcp, name: NIOBSDSocket.Option(rawValue: TCP_INFO))
    #endif
}
