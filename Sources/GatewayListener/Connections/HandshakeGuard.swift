import NIOCore

/// Watches a connection until its protocol is agreed: a handshake that takes too long, or that shutdown comes before, ends it.
///
/// Over HTTP/1.1 it goes then. Over HTTP/2 it stays behind TLS: an error there that nobody else dealt with closes the
/// connection.
final class HandshakeGuard: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let time: Duration
    private var timer: DeadlineTimer?
    private var isAgreed = false

    init(time: Duration) { self.time = time }

    func agreed() {
        isAgreed = true
        timer?.stop()
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        timer = DeadlineTimer(loop: context.eventLoop) { channel.close(promise: nil) }
        timer?.set(time)
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.stop() }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.stop()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Later handlers would never hear of it.
        if event is ChannelShouldQuiesceEvent, !isAgreed { context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
