import NIOCore

/// Stands between TLS and HTTP, where both directions are plain bytes.
///
/// Outwards it is the place where the connection sends its requests, which it has made whole. Inwards it catches what
/// the decoder hides: bytes on a connection that waits for none, even too few of them to be a message, which would
/// otherwise become the beginning of the next caller's answer.
final class WireBytesHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: UpstreamConnection

    init(connection: UpstreamConnection) { self.connection = connection }

    func handlerAdded(context: ChannelHandlerContext) { connection.wire = context }

    func handlerRemoved(context: ChannelHandlerContext) { connection.wire = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard connection.expectsBytes else { return connection.unsolicitedBytes() }
        var bytes = unwrapInboundIn(data)
        // The last byte goes to the decoder by itself: if the answer is complete before it, something stands behind
        // the answer. The decoder would keep a beginning of a message to itself without a word.
        if bytes.readableBytes > 1, let front = bytes.readSlice(length: bytes.readableBytes - 1) {
            context.fireChannelRead(wrapInboundOut(front))
            guard connection.expectsBytes else { return connection.unsolicitedBytes() }
        }
        context.fireChannelRead(wrapInboundOut(bytes))
    }
}
