import NIOCore

/// Has a connection end as a whole when its peer ends its half.
///
/// The server asks for half-closure on every connection. With it, a connection kept waiting by a fault does not notice
/// that its caller has left, and NIOSSL takes its full time-out of 5 s for each close that this side begins, because it
/// does not take the peer's farewell for the end.
final class WholeClosureHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    func handlerAdded(context: ChannelHandlerContext) {
        do {
            try context.channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: false)
        } catch {
            context.fireErrorCaught(error)
        }
    }
}
