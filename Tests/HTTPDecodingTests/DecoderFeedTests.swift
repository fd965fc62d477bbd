import HTTPDecoding
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Testing

/// The feed in a handler, as it is used.
private final class Feeding: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    let feed: DecoderFeed

    init(_ feed: DecoderFeed) { self.feed = feed }

    func handlerAdded(context: ChannelHandlerContext) { feed.added(context) }
    func handlerRemoved(context: ChannelHandlerContext) { feed.removed(context) }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) { feed.decode(unwrapInboundIn(data), context) }

    func channelInactive(context: ChannelHandlerContext) {
        feed.end(context)
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent { feed.end(context) }
        context.fireUserInboundEventTriggered(event)
    }
}

/// Notes what comes, and does something at the first of it.
private final class Noting: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    var notes: [String] = []
    var atHead: ((ChannelHandlerContext) -> Void)?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            notes.append("\(head.method) \(head.uri) \(head.headers.count)")
            atHead?(context)
        case .body(let bytes): notes.append(String(buffer: bytes))
        case .end: notes.append("end")
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { notes.append("error") }
}

@Suite struct DecoderFeedTests {
    private static let messages =
        "POST /a HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\n\r\nbody"
        + "POST /b HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
        + "GET /c HTTP/1.1\r\n\r\n"

    private func channel(
        maximumRest: Int = 1 << 20, _ noting: Noting, inNIO: Bool = false
    ) throws -> EmbeddedChannel {
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)
        let channel = EmbeddedChannel()
        let first: any ChannelHandler =
            inNIO ? ByteToMessageHandler(decoder) : Feeding(DecoderFeed(decoder, maximumRest: maximumRest))
        try channel.pipeline.syncOperations.addHandlers([first, noting])
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
        return channel
    }

    /// In pieces of any length, and however it ends, the messages are those that NIO's own handler finds.
    @Test(arguments: [messages, String(messages.dropLast(3)), "POST /a HTTP/1.1\r\ncontent-length: 9\r\n\r\nbo", "GET"])
    func findsWhatNIOFinds(_ text: String) throws {
        for size in [1, 2, 3, 5, 7, 16, 50, 1_000] {
            var found: [[String]] = []
            for inNIO in [false, true] {
                let noting = Noting()
                let channel = try channel(noting, inNIO: inNIO)
                var rest = Array(text.utf8)[...]
                while !rest.isEmpty {
                    try channel.writeInbound(ByteBuffer(bytes: rest.prefix(size)))
                    rest = rest.dropFirst(size)
                }
                channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
                _ = try? channel.finish()
                found.append(noting.notes)
            }
            #expect(found[0] == found[1], "in pieces of \(size)")
            #expect(!found[0].isEmpty)
        }
    }

    @Test func anErrorIsToldOnce() throws {
        let noting = Noting()
        let channel = try channel(noting)
        for text in ["GET / HTTP/1.1\r\nbad field\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "x"] {
            _ = try? channel.writeInbound(ByteBuffer(string: text))
        }
        _ = try? channel.finish()
        #expect(noting.notes == ["error"])
    }

    /// Bytes and the end that come while a message is being told stand behind it.
    @Test func whatComesMeanwhileComesAfterwards() throws {
        let noting = Noting()
        let channel = try channel(noting)
        noting.atHead = { _ in
            noting.atHead = nil
            channel.pipeline.fireChannelRead(ByteBuffer(string: "GET /late HTTP/1.1\r\n\r\n"))
            channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
            noting.notes.append("told")
        }
        try channel.writeInbound(ByteBuffer(string: "POST /a HTTP/1.1\r\ncontent-length: 2\r\n\r\nok"))
        #expect(noting.notes == ["POST /a 1", "told", "ok", "end", "GET /late 0", "end"])
        try channel.writeInbound(ByteBuffer(string: "GET /after HTTP/1.1\r\n\r\n"))
        #expect(noting.notes.count == 6)
        _ = try? channel.finish()
    }

    /// After an upgrade nothing is decoded, and nobody keeps what still comes.
    @Test func doesNotKeepWhatNobodyReads() throws {
        let noting = Noting()
        let channel = try channel(maximumRest: 1_000, noting)
        try channel.writeInbound(
            ByteBuffer(string: "GET / HTTP/1.1\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"))
        let told = noting.notes
        for _ in 0..<100 { _ = try? channel.writeInbound(ByteBuffer(repeating: 0x61, count: 100)) }
        #expect(noting.notes == told + ["error"])
        let feed = try channel.pipeline.syncOperations.handler(type: Feeding.self).feed
        #expect(feed.keptMemory == 0)
        _ = try? channel.finish()
    }

    /// Requests that never end where a read ends leave nothing of those before them in memory.
    @Test func doesNotKeepWhatWasRead() throws {
        let noting = Noting()
        let channel = try channel(noting)
        let feed = try channel.pipeline.syncOperations.handler(type: Feeding.self).feed
        try channel.writeInbound(ByteBuffer(string: "GET /x"))
        for _ in 0..<1_000 {
            let text = " HTTP/1.1\r\nlong: \(String(repeating: "v", count: 1_000))\r\n\r\nGET /x"
            try channel.writeInbound(ByteBuffer(string: text))
            #expect(feed.keptMemory < 16 << 10)
        }
        #expect(noting.notes.count == 2_000)
        _ = try? channel.finish()
    }
}
