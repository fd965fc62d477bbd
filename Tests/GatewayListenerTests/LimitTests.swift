import NIOCore
import Testing

@testable import GatewayListener

@Suite("Limits", .timeLimit(.minutes(1)))
struct LimitTests {
    @Test("A body that says it is too long is refused at once, before a byte of it")
    func declaredLength() async throws {
        try await RunningListener.with(limits: ListenerLimits(bodyBytes: 100)) { server in
            for length in ["101", "99999999999999999999999"] {
                try await RawConnection.with(server) { connection in
                    try await connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\r\n")
                    let answer = try await connection.answer()
                    #expect(answer.status == 413)
                    #expect(answer.head.lowercased().contains("connection: close"))
                    #expect(await connection.rest() == "")
                }
            }
        }
    }

    @Test("A body at the limit is taken, chunks that go over it are not", arguments: [(100, 200), (101, 413)])
    func chunks(_ size: Int, _ status: Int) async throws {
        try await RunningListener.with(limits: ListenerLimits(bodyBytes: 100)) { server in
            try await RawConnection.with(server) { connection in
                let chunks =
                    "32\r\n\(String(repeating: "a", count: 50))\r\n"
                    + "\(String(size - 50, radix: 16))\r\n\(String(repeating: "b", count: size - 50))\r\n"
                try await connection.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)")
                if status == 200 { try await connection.send("0\r\n\r\n") }
                #expect(try await connection.answer().status == status)
            }
        }
    }

    @Test("After a refusal little is swallowed, then the connection is cut")
    func draining() async throws {
        let limits = ListenerLimits(bodyBytes: 100, drainBytes: 4096, drain: .seconds(600))
        try await RunningListener.with(limits: limits) { server in
            try await RawConnection.with(server) { connection in
                try await connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n")
                #expect(try await connection.answer().status == 413)
                for _ in 0..<64 { try? await connection.send(String(repeating: "x", count: 1024)) }
                #expect(await connection.rest() == "")
                try? await connection.channel.closeFuture.get()
            }
            while server.listener.connections.openNow > 0 { try await Task.sleep(for: .milliseconds(5)) }
        }
    }

    @Test("A client that neither sends nor leaves after a refusal is cut")
    func drainTime() async throws {
        try await RunningListener.with(limits: ListenerLimits(drain: .milliseconds(50))) { server in
            try await RawConnection.with(server) { connection in
                try await connection.send("nonsense\r\n\r\n")
                #expect(try await connection.answer().status == 400)
                while server.listener.connections.openNow > 0 { try await Task.sleep(for: .milliseconds(5)) }
            }
        }
    }

    @Test(
        "A request that does not arrive in time is answered 408",
        arguments: [
            "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ", "G", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
        ])
    func slowRequest(_ start: String) async throws {
        try await RunningListener.with(limits: ListenerLimits(request: .milliseconds(600))) { server in
            try await RawConnection.with(server) { connection in
                try await connection.send(start)
                let answer = try await connection.answer()
                #expect(answer.status == 408)
                #expect(answer.body == "{\"refused\":\"timedOut\"}")
                #expect(await connection.rest() == "")
            }
        }
    }

    @Test("Once the body is there, the handler may take longer than receiving may")
    func slowHandler() async throws {
        let handler = ScriptedHandler { request in
            _ = try? await request.collectBody()
            try? await Task.sleep(for: .milliseconds(2300))
            return ScriptedHandler.text("done")
        }
        let limits = ListenerLimits(idle: .seconds(2), request: .seconds(2))
        try await RunningListener.with(limits: limits, handler: handler) { server in
            try await RawConnection.with(server) { connection in
                try await connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab")
                #expect(try await connection.answer().body == "done")
            }
        }
    }

    @Test("An idle connection is closed, before the first request and after one", arguments: [false, true])
    func idle(_ afterOne: Bool) async throws {
        try await RunningListener.with(limits: ListenerLimits(idle: .milliseconds(500))) { server in
            try await RawConnection.with(server) { connection in
                if afterOne {
                    try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try await connection.answer().status == 200)
                }
                #expect(await connection.rest() == "")
            }
        }
    }

    @Test("A handshake that does not come is not waited for")
    func handshake() async throws {
        try await RunningListener.with(limits: ListenerLimits(request: .milliseconds(100))) { server in
            try await PlainConnection.untilClosed(port: server.port)
        }
    }

    @Test("A connection over the limit is closed at once and counted; one that ends makes room")
    func connections() async throws {
        try await RunningListener.with(limits: ListenerLimits(connections: 1)) { server in
            try await RawConnection.with(server) { first in
                try await first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await first.answer().status == 200)
                try await PlainConnection.untilClosed(port: server.port)
                #expect(server.listener.connections.turnedAwaySoFar == 1)
                #expect(server.listener.connections.openNow == 1)
                try await first.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                #expect(try await first.answer().status == 200)
            }
            while server.listener.connections.openNow > 0 { try await Task.sleep(for: .milliseconds(5)) }
            try await RawConnection.with(server) { second in
                try await second.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await second.answer().status == 200)
            }
        }
    }

    @Test("A body that nobody has asked for stays with the client")
    func unwantedBody() async throws {
        let asked = Signal()
        let handler = ScriptedHandler { request in
            await asked.wait()
            return await ScriptedHandler.echo(request)
        }
        try await RunningListener.with(limits: ListenerLimits(bodyBytes: 8_000_000), handler: handler) { server in
            try await RawConnection.with(server) { connection in
                try await connection.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n")
                try await connection.send(String(repeating: "x", count: 4_000_000))
                asked.happen()
                #expect(try await connection.answer().body.contains("body 4000000"))
            }
        }
    }
}
