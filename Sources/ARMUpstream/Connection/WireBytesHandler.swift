import HTTPDecoding
import NIOCore

/// Stands between TLS and the connection, where both directions are plain bytes.
///
/// Outwards it is the place where the connection sends its requests, which it has made whole. Inwards it gives the
/// bytes to the decoder of answers, and catches what that one hides: bytes on a connection that waits for none, even too
/// few of them to be a message, which would otherwise become the beginning of the next caller's answer.
final class WireBytesHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: UpstreamConnection
    private let answers: DecoderFeed

    init(connection: UpstreamConnection, answers: DecoderFeed) {
        self.connection = connection
        self.answers = answers
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connection.wire = context
        answers.added(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connection.wire = nil
        answers.removed(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard connection.expectsBytes else { return connection.unsolicitedBytes() }
        var bytes = unwrapInboundIn(data)
        // The last byte goes to the decoder by itself: if the answer is complete before it, something stands behind
        // the answer. The decoder would keep a beginning of a message to itself without a word.
        if bytes.readableBytes > 1, let front = bytes.readSlice(length: bytes.readableBytes - 1) {
            answers.decode(front, context)
            guard connection.expectsBytes else { return connection.unsolicitedBytes() }
        }
        answers.decode(bytes, context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        answers.end(context)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { answers.end(context) }
        context.fireUserInboundEventTriggered(event)
    }
}
