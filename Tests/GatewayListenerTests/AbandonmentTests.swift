import AsyncHTTPClient
import GatewayTestSupport
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Testing

@testable import GatewayListener

/// A client that leaves while its request is being served is noticed while the handler still runs.
@Suite("Abandonment", .timeLimit(.minutes(1)))
struct AbandonmentTests {
    private static let versions = [HTTPClient.Configuration.HTTPVersion.http1Only, .automatic]

    /// How a client leaves.
    enum Leaving: CaseIterable {
        /// TLS's close_notify, then the end.
        case goodbye
        /// The end of TCP alone.
        case end
        case reset

        func leave(_ channel: any Channel) async throws {
            switch self {
            case .goodbye: channel.close(promise: nil)
            case .end: try await Self.closeBeneathTLS(channel)
            case .reset:
                let socket = try #require(channel as? any SocketOptionProvider)
                try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
                try await Self.closeBeneathTLS(channel)
            }
        }

        private static func closeBeneathTLS(_ channel: any Channel) async throws {
            try await channel.eventLoop.submit {
                try channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self).close(promise: nil)
            }.get()
        }
    }

    /// What a client has sent that nobody has asked for, so that nothing more is read from its socket.
    enum Unread: CaseIterable {
        case pipelinedRequests, pipelinedGarbage, body

        var request: String {
            switch self {
            case .pipelinedRequests: String(repeating: "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n", count: 100)
            case .pipelinedGarbage:
                "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + String(repeating: "\u{1}\u{2}\r\n", count: 1000)
            case .body:
                "POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n"
                    + String(repeating: "x", count: 200_000)
            }
        }
    }

    /// A handler that tells what becomes of its first request, `/slow`, and answers it when `going` happens.
    struct Observed {
        let arrived = Signal()
        let abandoned = Signal()
        let going = Signal()
        let told = Signal()
        let notes = Notes()

        var handler: ScriptedHandler {
            ScriptedHandler { [arrived, abandoned, going, told, notes] request in
                guard request.rawTarget == "/slow", !arrived.hasHappened else { return ScriptedHandler.text("quick") }
                request.whenAbandoned {
                    notes.add("abandoned")
                    abandoned.happen()
                }
                arrived.happen()
                await going.wait()
                // Who asks late is told at once, and before the answer.
                request.whenAbandoned { notes.add("late") }
                var answer = ScriptedHandler.text("late")
                answer.delivered = {
                    notes.add("delivered \($0)")
                    told.happen()
                }
                return answer
            }
        }
    }

    @Test("over HTTP/1.1", arguments: Leaving.allCases)
    func http1(_ leaving: Leaving) async throws {
        let observed = Observed()
        try await RunningListener.with(handler: observed.handler) { server in
            try await RawConnection.with(server) { connection in
                try await connection.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
                await observed.arrived.wait()
                try await leaving.leave(connection.channel)
                await observed.abandoned.wait()
            }
            observed.going.happen()
            await observed.told.wait()
            #expect(observed.notes.all == ["abandoned", "late", "delivered false"])
        }
    }

    @Test("over HTTP/1.1 with bytes that nobody reads", arguments: Unread.allCases, [Leaving.end, .reset])
    func unread(_ unread: Unread, _ leaving: Leaving) async throws {
        let observed = Observed()
        try await RunningListener.with(handler: observed.handler) { server in
            try await RawConnection.with(server) { connection in
                try await connection.send(unread.request)
                await observed.arrived.wait()
                try await leaving.leave(connection.channel)
                await observed.abandoned.wait()
            }
            observed.going.happen()
            await observed.told.wait()
            #expect(observed.notes.all == ["abandoned", "late", "delivered false"])
        }
    }

    @Test("over HTTP/2, the connection ending", arguments: Leaving.allCases)
    func http2Connection(_ leaving: Leaving) async throws {
        let observed = Observed()
        try await RunningListener.with(handler: observed.handler) { server in
            try await HTTP2Connection.with(server) { connection in
                _ = try await connection.request("/slow")
                await observed.arrived.wait()
                try await leaving.leave(connection.channel)
                await observed.abandoned.wait()
            }
            observed.going.happen()
            await observed.told.wait()
            #expect(observed.notes.all == ["abandoned", "late", "delivered false"])
        }
    }

    @Test("over HTTP/2, the stream reset and its connection staying")
    func http2Stream() async throws {
        let observed = Observed()
        try await RunningListener.with(handler: observed.handler) { server in
            try await HTTP2Connection.with(server) { connection in
                let stream = try await connection.request("/slow")
                await observed.arrived.wait()
                try await connection.reset(stream)
                await observed.abandoned.wait()
                observed.going.happen()
                await observed.told.wait()
                #expect(observed.notes.all == ["abandoned", "late", "delivered false"])
                #expect(connection.channel.isActive)
            }
        }
    }

    @Test("by an ordinary client that gives up", arguments: Self.versions)
    func ordinaryClient(_ version: HTTPClient.Configuration.HTTPVersion) async throws {
        let observed = Observed()
        try await RunningListener.with(handler: observed.handler) { server in
            try await OrdinaryClient.with(server, version: version) { client in
                let asking = Task {
                    try await client.execute(
                        HTTPClientRequest(url: "https://localhost:\(server.port)/slow"), timeout: .seconds(30))
                }
                await observed.arrived.wait()
                asking.cancel()
                await observed.abandoned.wait()
                observed.going.happen()
                await observed.told.wait()
                #expect(observed.notes.all == ["abandoned", "late", "delivered false"])
            }
        }
    }

    @Test("is not told of a client that stays", arguments: Self.versions)
    func staying(_ version: HTTPClient.Configuration.HTTPVersion) async throws {
        let observed = Observed()
        observed.going.happen()
        try await RunningListener.with(handler: observed.handler) { server in
            try await OrdinaryClient.with(server, version: version) { client in
                let answer = try await client.execute(
                    HTTPClientRequest(url: "https://localhost:\(server.port)/slow"), timeout: .seconds(10))
                #expect(answer.status == .ok)
                _ = try await answer.body.collect(upTo: 1000)
            }
            await observed.told.wait()
        }
        // The connection has ended by now, long after the answer.
        #expect(observed.notes.all == ["delivered true"])
    }
}
