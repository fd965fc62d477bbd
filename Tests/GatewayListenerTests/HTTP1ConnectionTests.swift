import NIOCore
import NIOEmbedded
import Testing

@testable import GatewayListener

/// Counts how often more bytes were asked of the socket.
private final class Reads: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}

/// A connection without a socket, its time and its client's patience in the hands of the test.
@MainActor
private struct Bench {
    let channel = EmbeddedChannel()
    let arrivals = Arrivals()
    let reads = Reads()

    init() throws {
        let surroundings = ConnectionSurroundings(
            limits: ListenerLimits(), peer: ConnectionPeer(address: "127.0.0.1"), arrivals: arrivals,
            refusal: { ScriptedHandler.envelope($0) }, refused: { _ in })
        try channel.pipeline.syncOperations.addHandlers([reads, HTTP1Connection(surroundings: surroundings)])
        try channel.connect(to: SocketAddress(unixDomainSocketPath: "/x")).wait()
    }

    func send(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }

    /// Answers the request that has been handed on.
    func serve() async throws {
        let arrival = try #require(await arrivals.next())
        arrival.request.answer(ScriptedHandler.text(arrival.request.rawTarget))
    }

    /// The last line of each answer that went out since the last call.
    func answers() throws -> [Substring] {
        var lines: [Substring] = []
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
            lines.append(String(buffer: bytes).split(separator: "\r\n").last ?? "")
        }
        return lines
    }

    func finish() { _ = try? channel.finish() }
}

@MainActor
@Suite("HTTP/1.1 connections", .timeLimit(.minutes(1))) struct HTTP1ConnectionTests {
    private static func request(_ number: Int) -> String { "GET /\(number) HTTP/1.1\r\nHost: a\r\n\r\n" }

    @Test func readsNoFurtherThanSomeRequestsAhead() async throws {
        let bench = try Bench()
        try bench.send((1...100).map(Self.request).joined())
        bench.channel.read()
        #expect(bench.reads.count == 0)
        // An answer alone makes no room.
        try await bench.serve()
        #expect(bench.reads.count == 0)
        for _ in 2...98 { try await bench.serve() }
        #expect(bench.reads.count == 1)
        for _ in 99...100 { try await bench.serve() }
        #expect(try bench.answers() == (1...100).map { "/\($0)" })
        bench.finish()
    }

    @Test func givesNoMoreAnswersToAClientThatDoesNotReadThem() async throws {
        let bench = try Bench()
        try bench.send((1...3).map(Self.request).joined())
        bench.channel.isWritable = false
        bench.channel.pipeline.fireChannelWritabilityChanged()
        try await bench.serve()
        // What comes meanwhile waits too.
        try bench.send(Self.request(4))
        bench.arrivals.add(
            Arrival(
                request: InboundRequest(method: "", rawTarget: "none", eventLoop: bench.channel.eventLoop),
                sideBySide: false))
        let next = await bench.arrivals.next()
        try #require(next?.request.rawTarget == "none")
        bench.channel.isWritable = true
        bench.channel.pipeline.fireChannelWritabilityChanged()
        for _ in 2...4 { try await bench.serve() }
        #expect(try bench.answers() == ["/1", "/2", "/3", "/4"])
        bench.finish()
    }

    @Test func closesOnAClientThatNeverReads() async throws {
        let bench = try Bench()
        try bench.send(Self.request(1) + Self.request(2))
        bench.channel.isWritable = false
        bench.channel.pipeline.fireChannelWritabilityChanged()
        try await bench.serve()
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(61))
        #expect(!bench.channel.isActive)
        bench.finish()
    }

    /// Some clients send an empty line behind a body. It begins no request.
    @Test(arguments: ["\r\n", "\r\n\r\n"]) func anEmptyLineBehindARequestIsNoBeginning(_ line: String) async throws {
        let bench = try Bench()
        try bench.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab" + line)
        try await bench.serve()
        try bench.send(line)
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(45))
        #expect(try bench.answers() == ["/1"])
        #expect(bench.channel.isActive)
        try bench.send(Self.request(2))
        try await bench.serve()
        #expect(try bench.answers() == ["/2"])
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(61))
        #expect(try bench.answers() == [] && !bench.channel.isActive)
        bench.finish()
    }

    @Test func timeRunsFromTheFirstByteOfARequestBehindAnother() async throws {
        let bench = try Bench()
        try bench.send(Self.request(1) + "G")
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(100))
        try await bench.serve()
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(29))
        #expect(try bench.answers() == ["/1"])
        bench.channel.embeddedEventLoop.advanceTime(by: .seconds(2))
        #expect(try bench.answers() == ["{\"refused\":\"timedOut\"}"])
        bench.finish()
    }
}
