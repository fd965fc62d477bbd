import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

@testable import GatewayListener

@Suite("HTTP/2", .timeLimit(.minutes(1)))
struct HTTP2Tests {
    @Test("serves a request with a body")
    func request() async throws {
        try await RunningListener.with { server in
            try await OrdinaryClient.with(server) { client in
                var request = HTTPClientRequest(url: "https://localhost:\(server.port)/a//b?x=%2F")
                request.method = .POST
                request.body = .bytes(ByteBuffer(repeating: 0x61, count: 200_000))
                let answer = try await client.execute(request, timeout: .seconds(10))
                #expect(answer.version == .http2)
                let body = String(buffer: try await answer.body.collect(upTo: 10_000))
                #expect(body.hasPrefix("POST /a//b?x=%2F HTTP/2\nauthority localhost:\(server.port)\nbody 200000\n"))
                #expect(body.hasSuffix("onLoop true"))
            }
        }
    }

    @Test("refuses what is too long with the envelope", arguments: [true, false])
    func tooLong(_ declared: Bool) async throws {
        try await RunningListener.with(limits: ListenerLimits(headerBytes: 2048, bodyBytes: 1000)) { server in
            try await OrdinaryClient.with(server) { client in
                var request = HTTPClientRequest(url: "https://localhost:\(server.port)/")
                request.method = .POST
                let bytes = ByteBuffer(repeating: 0x61, count: 1001)
                request.body = declared ? .bytes(bytes) : .stream([bytes].async, length: .unknown)
                let long = try await client.execute(request, timeout: .seconds(10))
                #expect(long.status == .payloadTooLarge)
                #expect(String(buffer: try await long.body.collect(upTo: 1000)) == "{\"refused\":\"bodyTooLarge\"}")

                var wide = HTTPClientRequest(url: "https://localhost:\(server.port)/")
                wide.headers.add(name: "x-wide", value: String(repeating: "x", count: 2100))
                let answer = try await client.execute(wide, timeout: .seconds(10))
                #expect(answer.status.code == 431)
                #expect(
                    String(buffer: try await answer.body.collect(upTo: 1000)) == "{\"refused\":\"headersTooLarge\"}")
            }
        }
    }

    @Test("refuses a body that does not come in time")
    func slow() async throws {
        try await RunningListener.with(limits: ListenerLimits(request: .milliseconds(600))) { server in
            try await OrdinaryClient.with(server) { client in
                var request = HTTPClientRequest(url: "https://localhost:\(server.port)/")
                request.method = .POST
                let (stream, continuation) = AsyncStream.makeStream(of: ByteBuffer.self)
                continuation.yield(ByteBuffer(string: "a"))
                request.body = .stream(stream, length: .known(Int64(10)))
                let answer = try await client.execute(request, timeout: .seconds(10))
                #expect(answer.status == .requestTimeout)
                continuation.finish()
            }
        }
    }

    @Test("serves the streams of a connection side by side")
    func sideBySide() async throws {
        let both = Signal()
        let first = Signal()
        let handler = ScriptedHandler { request in
            if request.rawTarget == "/first" {
                first.happen()
                await both.wait()
            } else {
                both.happen()
            }
            return await ScriptedHandler.echo(request)
        }
        try await RunningListener.with(handler: handler) { server in
            try await OrdinaryClient.with(server) { client in
                async let one = client.execute(
                    HTTPClientRequest(url: "https://localhost:\(server.port)/first"), timeout: .seconds(10))
                await first.wait()
                let two = try await client.execute(
                    HTTPClientRequest(url: "https://localhost:\(server.port)/second"), timeout: .seconds(10))
                #expect(two.status == .ok)
                #expect(try await one.status == .ok)
            }
            #expect(server.listener.connections.openNow <= 1)
        }
    }

    @Test("an idle connection is closed")
    func idle() async throws {
        try await RunningListener.with(limits: ListenerLimits(idle: .milliseconds(500))) { server in
            try await OrdinaryClient.with(server) { client in
                let answer = try await client.execute(
                    HTTPClientRequest(url: "https://localhost:\(server.port)/"), timeout: .seconds(10))
                #expect(answer.version == .http2)
                while server.listener.connections.openNow > 0 { try await Task.sleep(for: .milliseconds(5)) }
            }
        }
    }

    @Test("an idle connection is closed also when its client never sends anything nor answers")
    func deaf() async throws {
        let limits = ListenerLimits(idle: .milliseconds(200), drain: .milliseconds(100))
        try await RunningListener.with(limits: limits) { server in
            try await RawConnection.with(server, protocols: ["h2"]) { connection in
                // Settings and GOAWAY, then the end.
                #expect(!(await connection.rest()).isEmpty)
            }
        }
    }
}

extension Array where Element: Sendable {
    /// The elements as a sequence that a request body is streamed from.
    var async: AsyncStream<Element> {
        AsyncStream { continuation in
            for element in self { continuation.yield(element) }
            continuation.finish()
        }
    }
}
