import NIOCore
import NIOHTTP1

/// Stands between TLS and HTTP and sees plain bytes in both directions.
///
/// Outwards it puts the request's bytes, which the connection has made whole, in the place of the head that the HTTP
/// decoder has to see pass by. Inwards it catches what the decoder hides: bytes on a connection that waits for none,
/// even too few of them to be a message, which would otherwise become the beginning of the next caller's answer.
final class WireBytesHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = HTTPClientRequestPart
    typealias OutboundOut = ByteBuffer

    private let connection: UpstreamConnection

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
        guard let bytes = connection.takeRequestBytes() else {
            // The connection writes one part a request, with its bytes at hand.
            promise?.fail(ChannelError.operationUnsupported)
            return
        }
        context.write(wrapOutboundOut(bytes), promise: promise)
    }
}
