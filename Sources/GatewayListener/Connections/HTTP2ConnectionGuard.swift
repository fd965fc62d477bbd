import NIOCore
import NIOHTTP2
import NIOSSL

/// Cuts an HTTP/2 connection without requests whose client does not take part in its orderly end.
///
/// NIOHTTP2 ends an idle connection by GOAWAY and a PING, and closes once the PING is answered; without an answer it would
/// stay for ever. This stands behind it, grants a little more time, then closes beneath TLS. It also closes on errors.
final class HTTP2ConnectionGuard: ChannelInboundHandler {
    typealias InboundIn = HTTP2Frame

    private let limits: ListenerLimits
    private var open = Set<HTTP2StreamID>()
    private var quiescing = false
    private var timer: DeadlineTimer?

    init(limits: ListenerLimits) { self.limits = limits }

    func handlerAdded(context: ChannelHandlerContext) {
        let channel = context.channel
        timer = DeadlineTimer(loop: context.eventLoop) {
            let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
            if let tls { tls.close(mode: .all, promise: nil) } else { channel.close(promise: nil) }
        }
        watch()
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.stop() }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.stop()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case let event as NIOHTTP2StreamCreatedEvent:
            open.insert(event.streamID)
            watch()
        case let event as StreamClosedEvent:
            open.remove(event.streamID)
            watch()
        case is ChannelShouldQuiesceEvent:
            quiescing = true
            watch()
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func watch() {
        if open.isEmpty { timer?.set((quiescing ? .zero : limits.idle) + limits.drain) } else { timer?.clear() }
    }
}
