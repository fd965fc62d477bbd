import HTTPDecoding
import NIOCore

/// Stands between TLS and the connection, where requests and answers are bytes, and gives the parser its bytes: tells when
/// the first byte of a request arrives, which the parser does not; swallows what a client still sends after its last
/// answer; lets answers out.
final class HTTP1ByteGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let requests: DecoderFeed
    var bytesArrived: (() -> Void)?
    /// Set when nothing more is wanted: how many bytes are still swallowed, and what to do after them.
    private var draining: (left: Int, done: () -> Void)?
    private var context: ChannelHandlerContext?

    init(requests: DecoderFeed) { self.requests = requests }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        requests.added(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        requests.removed(context)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        requests.end(context)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { requests.end(context) }
        context.fireUserInboundEventTriggered(event)
    }

    func drain(_ bytes: Int, then done: @escaping () -> Void) { draining = (bytes, done) }

    func forget() {
        bytesArrived = nil
        draining = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard let draining else {
            bytesArrived?()
            requests.decode(unwrapInboundIn(data), context)
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
