import NIOCore

/// Stands before the HTTP/1.1 parser: tells when the first byte of a request arrives, which the parser does not, and
/// swallows what a client still sends after its last answer.
final class RequestByteGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    var bytesArrived: (() -> Void)?
    /// Set when nothing more is wanted: how many bytes are still swallowed, and what to do after them.
    private var draining: (left: Int, done: () -> Void)?

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
        let left = draining.left - Self.unwrapInboundIn(data).readableBytes
        self.draining = (left, draining.done)
        if left < 0 { draining.done() }
    }
}
