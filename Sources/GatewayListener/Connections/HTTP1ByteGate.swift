import NIOCore

/// Stands before the HTTP/1.1 parser, where requests and answers are bytes: tells when the first byte of a request
/// arrives, which the parser does not; swallows what a client still sends after its last answer; lets answers out.
final class HTTP1ByteGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    var bytesArrived: (() -> Void)?
    /// Set when nothing more is wanted: how many bytes are still swallowed, and what to do after them.
    private var draining: (left: Int, done: () -> Void)?
    private var context: ChannelHandlerContext?

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func drain(_ bytes: Int, then done: @escaping () -> Void) { draining = (bytes, done) }

    func forget() {
        bytesArrived = nil
        draining = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let draining else {
            bytesArrived?()
            context.fireChannelRead(data)
            return
        }
        let left = draining.left - unwrapInboundIn(data).readableBytes
        self.draining = (left, draining.done)
        if left < 0 { draining.done() }
    }

    func writeAndFlush(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
    }
}
