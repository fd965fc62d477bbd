import NIOCore
import NIOHTTP1

/// Stands between TLS and the connection, where both directions are plain bytes.
///
/// Outwards it is the place where the connection sends its requests, which it has made whole. Inwards it gives the
/// bytes to the decoder of answers, and catches what that one hides: bytes on a connection that waits for none, even too
/// few of them to be a message, which would otherwise become the beginning of the next caller's answer.
///
/// `ByteToMessageHandler` would do the same around the decoder, and costs twice as much as the decoder's own part.
final class WireBytesHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: UpstreamConnection
    private let decoder: HTTPResponseDecoder
    /// What the decoder wants to see once more, before what follows it.
    private var rest: ByteBuffer?
    private var isDecoding = false
    /// The other side says nothing more.
    private var hasEnded = false
    /// What came was no answer, or its end has been told: nothing more is decoded.
    private var isDone = false

    init(connection: UpstreamConnection, decoder: HTTPResponseDecoder) {
        self.connection = connection
        self.decoder = decoder
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connection.wire = context
        decoder.decoderAdded(context: context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connection.wire = nil
        decoder.decoderRemoved(context: context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard connection.expectsBytes else { return connection.unsolicitedBytes() }
        var bytes = unwrapInboundIn(data)
        // The last byte goes to the decoder by itself: if the answer is complete before it, something stands behind
        // the answer. The decoder would keep a beginning of a message to itself without a word.
        if bytes.readableBytes > 1, let front = bytes.readSlice(length: bytes.readableBytes - 1) {
            decode(front, context: context)
            guard connection.expectsBytes else { return connection.unsolicitedBytes() }
        }
        decode(bytes, context: context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(context: context)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { end(context: context) }
        context.fireUserInboundEventTriggered(event)
    }

    private func decode(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
        guard !isDone else { return }
        var bytes = bytes
        if var rest {
            self.rest = nil
            rest.writeBuffer(&bytes)
            bytes = rest
        }
        decoding(context) {
            while bytes.readableBytes > 0, try decoder.decode(context: context, buffer: &bytes) == .continue {}
        }
        if bytes.readableBytes > 0 { rest = bytes }
        if hasEnded { tellEnd(context: context) }
    }

    /// The end of a connection may be the end of an answer. What an answer causes may end the connection while the answer
    /// is being decoded.
    private func end(context: ChannelHandlerContext) {
        hasEnded = true
        if !isDecoding { tellEnd(context: context) }
    }

    private func tellEnd(context: ChannelHandlerContext) {
        guard !isDone else { return }
        var bytes = rest ?? ByteBuffer()
        rest = nil
        decoding(context) { _ = try decoder.decodeLast(context: context, buffer: &bytes, seenEOF: true) }
        isDone = true
    }

    private func decoding(_ context: ChannelHandlerContext, _ body: () throws -> Void) {
        isDecoding = true
        defer { isDecoding = false }
        do {
            try body()
        } catch {
            isDone = true
            context.fireErrorCaught(error)
        }
    }
}
