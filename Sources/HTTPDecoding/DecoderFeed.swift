package import NIOCore

/// Gives the bytes of one connection to a decoder, and keeps those that it wants to see again with what follows them.
///
/// For a handler that has the bytes in its hands already. NIO's `ByteToMessageHandler`, a handler of its own, does more
/// than decoders of HTTP need and adds a fifth to their work (in instructions, for a request and its answer). What it must
/// do is the same: nothing is decoded while something is, the end comes after what was before it, and after an error or the
/// end nothing comes.
///
/// To be used on the connection's event loop only.
package final class DecoderFeed {
    private var decoder: any ByteToMessageDecoder
    /// No decoder wants to see more than this again, unless it has stopped reading: then an error is told.
    private let maximumRest: Int
    private var rest: ByteBuffer?
    private var isDecoding = false
    private var hasEnded = false
    private var isDone = false

    package init(_ decoder: any ByteToMessageDecoder, maximumRest: Int) {
        self.decoder = decoder
        self.maximumRest = maximumRest
    }

    /// The memory behind what is kept, for tests of its bound.
    package var keptMemory: Int { rest?.storageCapacity ?? 0 }

    /// - Parameter context: of the handler behind which the messages go on.
    package func added(_ context: ChannelHandlerContext) { decoder.decoderAdded(context: context) }

    package func removed(_ context: ChannelHandlerContext) {
        isDone = true
        rest = nil
        decoder.decoderRemoved(context: context)
    }

    /// Sends the messages on, and an error that the decoder finds.
    package func decode(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard !isDone else { return }
        var bytes = bytes
        if var rest {
            self.rest = nil
            rest.writeBuffer(&bytes)
            bytes = rest
        }
        // What a message causes may bring more bytes: they come behind these.
        guard !isDecoding else {
            rest = bytes
            return
        }
        repeat {
            decoding(context) {
                while bytes.readableBytes > 0, try decoder.decode(context: context, buffer: &bytes) == .continue {}
            }
        } while !isDone && takeRest(behind: &bytes)
        if bytes.readableBytes > maximumRest, !isDone {
            isDone = true
            context.fireErrorCaught(ByteToMessageDecoderError.PayloadTooLargeError())
        }
        if bytes.readableBytes > 0, !isDone {
            // What was read before it would stay in front of it, and grow with every read that ends inside a head.
            if decoder.shouldReclaimBytes(buffer: bytes) { bytes.discardReadBytes() }
            rest = bytes
        }
        if hasEnded { tellEnd(context) }
    }

    /// The other side says nothing more, which may be the end of a message.
    package func end(_ context: ChannelHandlerContext) {
        hasEnded = true
        if !isDecoding { tellEnd(context) }
    }

    /// - Returns: whether bytes came meanwhile.
    private func takeRest(behind bytes: inout ByteBuffer) -> Bool {
        guard var later = rest else { return false }
        rest = nil
        bytes.writeBuffer(&later)
        return true
    }

    private func tellEnd(_ context: ChannelHandlerContext) {
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
