import AsyncHTTPClient
import GatewayTestSupport
import Logging
import NIOCore
import NIOHTTP1
import Testing

@testable import GatewayListener

@Suite("Lifecycle", .timeLimit(.minutes(1)))
struct LifecycleTests {
    @Test("At shutdown the request in flight is answered, idle connections are closed, new ones are refused")
    func shutdown() async throws {
        let arrived = Signal()
        let going = Signal()
        let handler = ScriptedHandler { request in
            guard request.rawTarget == "/slow" else { return ScriptedHandler.text("quick") }
            arrived.happen()
            await going.wait()
            return await ScriptedHandler.echo(request)
        }
        try await RunningListener.with(handler: handler) { server in
            try await RawConnection.with(server) { idle in
                try await idle.send("GET /quick HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await idle.answer().status == 200)
                try await RawConnection.with(server) { busy in
                    try await busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n")
                    await arrived.wait()
                    await server.shutDown()
                    #expect(await idle.rest() == "")
                    await #expect(throws: (any Error).self) { try await RawConnection.with(server) { _ in } }
                    going.happen()
                    let answer = try await busy.answer()
                    #expect(answer.status == 200)
                    #expect(answer.head.lowercased().contains("connection: close"))
                    #expect(await busy.rest() == "")
                }
            }
        }
    }

    @Test("At shutdown an HTTP/2 request in flight is answered")
    func shutdownHTTP2() async throws {
        let arrived = Signal()
        let going = Signal()
        let handler = ScriptedHandler { request in
            arrived.happen()
            await going.wait()
            return await ScriptedHandler.echo(request)
        }
        try await RunningListener.with(handler: handler) { server in
            try await OrdinaryClient.with(server) { client in
                async let answer = client.execute(
                    HTTPClientRequest(url: "https://localhost:\(server.port)/"), timeout: .seconds(10))
                await arrived.wait()
                await server.shutDown()
                going.happen()
                let whole = try await answer
                #expect(whole.status == .ok)
                #expect(try await whole.body.collect(upTo: 1000).readableBytes > 0)
                while server.listener.connections.openNow > 0 { try await Task.sleep(for: .milliseconds(5)) }
            }
        }
    }

    @Test("At shutdown an HTTP/2 client that does not answer is not waited for")
    func shutdownDeafHTTP2() async throws {
        let limits = ListenerLimits(drain: .milliseconds(100))
        try await RunningListener.with(limits: limits, shutdown: .seconds(600)) { server in
            try await RawConnection.with(server, protocols: ["h2"]) { connection in
                try await connection.something()
                await server.shutDown()
                #expect(!(await connection.rest()).isEmpty)
            }
        }
    }

    @Test("When the shutdown time is over, connections are cut and handlers cancelled")
    func shutdownTime() async throws {
        let arrived = Signal()
        let cancelled = Signal()
        let handler = ScriptedHandler { _ in
            arrived.happen()
            do { try await Task.sleep(for: .seconds(600)) } catch { cancelled.happen() }
            return ScriptedHandler.text("late")
        }
        try await RunningListener.with(shutdown: .milliseconds(100), handler: handler) { server in
            try await RawConnection.with(server) { connection in
                try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                await arrived.wait()
                await server.shutDown()
                _ = await connection.rest()
                await cancelled.wait()
            }
        }
    }

    @Test(
        "A client that leaves does not cancel its handler, and the answer counts as not delivered", arguments: [1, 2])
    func leaving(_ version: Int) async throws {
        let arrived = Signal()
        let going = Signal()
        let told = Signal()
        let notes = Notes()
        let handler = ScriptedHandler { request in
            arrived.happen()
            await going.wait()
            notes.add("cancelled \(Task.isCancelled)")
            var response = ScriptedHandler.text("answer")
            response.delivered = {
                notes.add("delivered \($0)")
                told.happen()
            }
            return response
        }
        try await RunningListener.with(handler: handler) { server in
            try await OrdinaryClient.with(server, version: version == 1 ? .http1Only : .automatic) { client in
                let caller = Task {
                    try await client.execute(
                        HTTPClientRequest(url: "https://localhost:\(server.port)/"), timeout: .seconds(10))
                }
                await arrived.wait()
                caller.cancel()
                _ = await caller.result
            }
            // The client has closed its connection; the server has seen that when nothing is open any more.
            while server.listener.connections.openNow > 0 { try await Task.sleep(for: .milliseconds(5)) }
            going.happen()
            await told.wait()
        }
        #expect(notes.all == ["cancelled false", "delivered false"])
    }

    @Test("An answer that was read counts as delivered", arguments: [1, 2])
    func delivered(_ version: Int) async throws {
        let notes = Notes()
        let told = Signal()
        let handler = ScriptedHandler { request in
            var response = await ScriptedHandler.echo(request)
            response.delivered = {
                notes.add("delivered \($0)")
                told.happen()
            }
            return response
        }
        try await RunningListener.with(handler: handler) { server in
            try await OrdinaryClient.with(server, version: version == 1 ? .http1Only : .automatic) { client in
                let answer = try await client.execute(
                    HTTPClientRequest(url: "https://localhost:\(server.port)/"), timeout: .seconds(10))
                #expect(answer.status == .ok)
                await told.wait()
            }
        }
        #expect(notes.all == ["delivered true"])
    }

    @Test("Several loops share a port, and each request runs on the loop of its connection")
    func loops() async throws {
        let notes = Notes()
        let handler = ScriptedHandler { request in
            await Task.yield()
            notes.add("\(ObjectIdentifier(request.eventLoop)) \(request.eventLoop.inEventLoop)")
            return ScriptedHandler.text("here")
        }
        try await RunningListener.with(loops: 2, handler: handler) { server in
            // The kernel deals by the client's port: with this many connections each loop gets some.
            for _ in 0..<40 {
                try await RawConnection.with(server) { connection in
                    try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                    #expect(try await connection.answer().status == 200)
                }
            }
        }
        #expect(Set(notes.all).count == 2)
        #expect(notes.all.allSatisfy { $0.hasSuffix("true") })
    }

    @Test("A port that was just given up can be bound again by several loops")
    func portAgain() async throws {
        let port = Notes()
        try await RunningListener.with(loops: 2) { server in port.add("\(server.port)") }
        let number = try #require(port.all.first.flatMap { Int($0) })
        try await RunningListener.with(loops: 2, port: number) { server in #expect(server.port == number) }
    }

    @Test("A handshake that has not ended when shutdown begins is not waited for")
    func shutdownInHandshake() async throws {
        try await RunningListener.with(shutdown: .seconds(600)) { server in
            try await PlainConnection.untilClosed(port: server.port) {
                while server.listener.connections.openNow == 0 { try await Task.sleep(for: .milliseconds(5)) }
                await server.shutDown()
            }
        }
    }

    @Test("A port that is taken is an error, also when it could be shared", arguments: [1, 2])
    func portTaken(_ loops: Int) async throws {
        try await RunningListener.with(loops: loops) { server in
            let tls = TLSFiles(
                certificateChain: server.directory.path("tls.crt"), privateKey: server.directory.path("tls.key"))
            let second = try Listener(
                configuration: ListenerConfiguration(host: "127.0.0.1", port: server.port, tls: tls),
                handler: ScriptedHandler(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            await #expect(throws: ListenerError.self) { try await second.run() }
            await #expect(throws: ListenerError.self) { _ = try await second.boundPort() }
            #expect(!second.isBound)
            #expect(server.listener.isBound)
        }
    }
}
