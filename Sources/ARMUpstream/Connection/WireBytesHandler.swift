import NIOCore

/// Stands between TLS and HTTP and sees plain bytes in both directions.
///
/// Outwards it joins head and body into one TLS record. Inwards it catches what the HTTP decoder hides: bytes on a
/// connection that waits for none, even too few of them to be a message, which would otherwise become the beginning
/// of the next caller's answer.
final class WireBytesHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = ByteBuffer

    private let connection: UpstreamConnection
    private var pending: ByteBuffer?

    init(connection: UpstreamConnection) { self.connection = connection }

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

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard case .byteBuffer(var bytes) = unwrapOutboundIn(data) else {
            // The connection writes buffers only.
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        if pending == nil { pending = bytes } else { pending?.writeBuffer(&bytes) }
        promise?.succeed(())
    }

    func flush(context: ChannelHandlerContext) {
        if let bytes = pending {
            pending = nil
            context.write(wrapOutboundOut(bytes), promise: nil)
        }
        context.flush()
    }

    func handlerRemoved(context: ChannelHandlerContext) { pending = nil }
}
