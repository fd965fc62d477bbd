import Dispatch
import GatewayTestSupport
import HTTPMessages
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import ARMUpstream

@Suite("Connections to ARM", .timeLimit(.minutes(1)))
struct UpstreamConnectionsTests {
    static let authority = Result { try TestAuthority() }
    static let identity = Result { try authority.get().issueServer() }

    /// Runs a body with connections to a server that answers by the script. One event loop, so that limits are exact.
    private func with(
        connections: Int = 4, idle: TimeAmount = .seconds(20), age: TimeAmount = .minutes(10),
        connect: TimeAmount = .seconds(5), maximumBodyBytes: Int = 4096, host: String = "localhost",
        identity: TestIdentity? = nil, script: @escaping ScriptedServer.Script,
        _ body: (UpstreamConnections, ScriptedServer) async throws -> Void
    ) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await ScriptedServer.with(identity: identity ?? Self.identity.get(), script: script) { server in
            let upstream = try UpstreamConnections(
                configuration: UpstreamConfiguration(
                    endpoint: UpstreamEndpoint(host: host, port: server.port),
                    trustRoots: .pem(try Self.authority.get().certificatePEM), maximumConnections: connections,
                    idleTime: idle, maximumAge: age, connectTime: connect, maximumBodyBytes: maximumBodyBytes),
                eventLoopGroup: group)
            try await body(upstream, server)
            await upstream.shutdown()
        }
        try await group.shutdownGracefully()
    }

    private func get(_ path: String = "/a") -> UpstreamRequest { UpstreamRequest(method: "GET", target: path) }

    private var soon: NIODeadline { .now() + .seconds(20) }

    private func expectUnknown(
        _ result: ExchangeResult, _ reason: UpstreamFailure.Reason, _ phase: UpstreamFailure.Phase,
        _ location: SourceLocation = #_sourceLocation
    ) {
        guard case .outcomeUnknown(let failure) = result else {
            Issue.record("\(result)", sourceLocation: location)
            return
        }
        #expect(failure == UpstreamFailure(reason, during: phase), sourceLocation: location)
    }

    private func expectNotSent(
        _ result: ExchangeResult, _ reason: UpstreamFailure.Reason, _ phase: UpstreamFailure.Phase,
        _ location: SourceLocation = #_sourceLocation
    ) {
        guard case .notSent(let failure) = result else {
            Issue.record("\(result)", sourceLocation: location)
            return
        }
        #expect(failure == UpstreamFailure(reason, during: phase), sourceLocation: location)
    }

    private func text(_ result: ExchangeResult) -> String? {
        guard case .answered(let answer) = result else { return nil }
        return "\(answer.status) \(String(decoding: answer.body, as: UTF8.self))"
    }

    // MARK: What goes out

    @Test func sendsWhatItWasGivenAndFramesItItself() async throws {
        try await with(script: { _ in [answer()] }) { upstream, server in
            let request = UpstreamRequest(
                method: "POST", target: "/a/b?api-version=1", headers: [("content-type", "application/json")],
                token: BearerToken("abc.def"), body: Array("{\"a\":1}".utf8))
            #expect(text(await upstream.exchange(request, deadline: soon)) == "200 ")
            let empty = UpstreamRequest(method: "POST", target: "/e", body: [])
            #expect(text(await upstream.exchange(empty, deadline: soon)) == "200 ")
            let seen = server.log.requests
            #expect(
                seen.first?.head.split(separator: "\r\n").map(String.init) == [
                    "POST /a/b?api-version=1 HTTP/1.1", "host: localhost:\(server.port)",
                    "authorization: Bearer abc.def",
                    "content-type: application/json", "accept-encoding: identity", "content-length: 7",
                ])
            #expect(seen.first?.body == "{\"a\":1}")
            #expect(seen.last?.head.hasSuffix("content-length: 0") == true)
        }
    }

    @Test(
        arguments: [
            UpstreamRequest(method: "GE T", target: "/"), UpstreamRequest(method: "GET", target: "a"),
            UpstreamRequest(method: "GET", target: "/a b"), UpstreamRequest(method: "GET", target: "/a\r\nx: y"),
            UpstreamRequest(method: "GET", target: "/ä"),
            UpstreamRequest(method: "GET", target: "/", headers: [("x", "a\r\nb: c")]),
            UpstreamRequest(method: "GET", target: "/", headers: [("x y", "a")]),
            UpstreamRequest(method: "GET", target: "/", headers: [("Transfer-Encoding", "chunked")]),
            UpstreamRequest(method: "GET", target: "/", headers: [("Host", "elsewhere")]),
            UpstreamRequest(method: "GET", target: "/", headers: [("Authorization", "Bearer x")]),
            UpstreamRequest(method: "", target: "/"), UpstreamRequest(method: "GET", target: ""),
            UpstreamRequest(method: "GET", target: "/\u{7f}"),
            UpstreamRequest(method: "GET", target: "/", headers: [("", "a")]),
            UpstreamRequest(method: "GET", target: "/", headers: [("x", "a\0b")]),
            UpstreamRequest(method: "GET", target: "/", headers: [("x", "a\u{7f}")]),
        ]
            + [
                "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade",
                "expect",
                "proxy-connection", "proxy-authorization", "accept-encoding", "content-encoding", "authorization", "TE",
                "Te",
                "KEEP-ALIVE", "Proxy-Connection",
            ].map { UpstreamRequest(method: "GET", target: "/", headers: [("accept", "a"), ($0, "x")]) })
    func refusesWhatWouldMeanSomethingElseOnTheWire(_ request: UpstreamRequest) async throws {
        try await with(script: { _ in [answer()] }) { upstream, server in
            expectNotSent(await upstream.exchange(request, deadline: soon), .invalidRequest, .waiting)
            #expect(server.log.accepted == 0)
        }
    }

    // MARK: Reuse

    @Test func usesAConnectionAgain() async throws {
        try await with(script: { [answer("200 OK", "\($0.number)")] }) { upstream, server in
            for number in 1...5 {
                #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 \(number)")
            }
            #expect(server.log.accepted == 1)
        }
    }

    @Test(arguments: ["connection: close\r\n", "Connection: Close\r\n"])
    func doesNotUseAClosingConnectionAgain(_ header: String) async throws {
        try await with(script: { _ in [answer(headers: header)] }) { upstream, server in
            for _ in 1...3 { #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ") }
            #expect(server.log.accepted == 3)
        }
    }

    @Test func closesAfterAnAnswerInHTTP10() async throws {
        try await with(script: { _ in [.send("HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx")] }) { upstream, server in
            for _ in 1...2 { #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 x") }
            #expect(server.log.accepted == 2)
        }
    }

    @Test(arguments: [[ScriptedServer.Step.close], [.cut], [.closeOutput]])
    func replacesAConnectionClosedBehindItsAnswer(_ ending: [ScriptedServer.Step]) async throws {
        try await with(script: { _ in [answer()] + ending }) { upstream, server in
            for _ in 1...5 {
                #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ")
                try await eventually { server.log.open == 0 }
            }
            #expect(server.log.accepted == 5)
            #expect(server.log.requests.count == 5)
        }
    }

    /// The close has reached the kernel, and the event loop has not read it: writing would make the outcome unknown.
    @Test func noticesACloseThatWasNotReadYet() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await ScriptedServer.with(identity: Self.identity.get(), script: { _ in [answer()] }) { server in
            let upstream = try UpstreamConnections(
                configuration: UpstreamConfiguration(
                    endpoint: UpstreamEndpoint(host: "localhost", port: server.port),
                    trustRoots: .pem(try Self.authority.get().certificatePEM), restedTime: .zero),
                eventLoopGroup: group)
            #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ")
            let cut = DispatchSemaphore(value: 0)
            let blocked = DispatchSemaphore(value: 0)
            group.next().execute {
                blocked.signal()
                cut.wait()
            }
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    blocked.wait()
                    continuation.resume()
                }
            }
            async let second = upstream.exchange(get(), deadline: soon)
            try await server.cutAll()
            // The exchange has to be in the blocked loop's queue before the loop goes on.
            for _ in 0..<1000 { await Task.yield() }
            cut.signal()
            #expect(text(await second) == "200 ")
            #expect(server.log.accepted == 2)
            await upstream.shutdown()
        }
        try await group.shutdownGracefully()
    }

    @Test(arguments: ["H", "HTT", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"])
    func dropsAConnectionOnWhichBytesCameUnasked(_ stray: String) async throws {
        try await with(script: { _ in [answer()] }) { upstream, server in
            #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ")
            // Too few bytes to be a message draw no complaint from a parser.
            await server.sendOnAll(stray)
            try await eventually { server.log.open == 0 }
            #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ")
            #expect(server.log.accepted == 2)
        }
    }

    @Test(arguments: ["H", "HTTP/1.1 500 No\r\nx: ", "HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n", "\r\n"])
    func dropsAConnectionWithBytesBehindTheAnswer(_ stray: String) async throws {
        try await with(script: { request in
            request.connection == 1
                ? [.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok\(stray)")] : [answer("200 OK", "next")]
        }) { upstream, server in
            #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ok")
            #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 next")
            #expect(server.log.accepted == 2)
        }
    }

    @Test func retiresAnOldConnection() async throws {
        try await with(age: .nanoseconds(1), script: { _ in [answer()] }) { upstream, server in
            for _ in 1...3 { #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ") }
            #expect(server.log.accepted == 3)
        }
    }

    @Test func closesAnIdleConnectionByItself() async throws {
        try await with(idle: .milliseconds(20), script: { _ in [answer()] }) { upstream, server in
            #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ")
            try await eventually { server.log.open == 0 }
            #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ")
            #expect(server.log.accepted == 2)
        }
    }

    // MARK: Forms of answers

    struct Form: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var steps: [ScriptedServer.Step]
        var expected: String
        var reused = true
        init(_ name: String, _ steps: [ScriptedServer.Step], _ expected: String, reused: Bool = true) {
            (testDescription, self.steps, self.expected, self.reused) = (name, steps, expected, reused)
        }
    }

    @Test(arguments: [
        Form("100 first", [.send("HTTP/1.1 100 Continue\r\n\r\n"), answer("200 OK", "x")], "200 x"),
        Form(
            "103 with fields, in one piece",
            [.send("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nx")],
            "200 x"),
        Form(
            "chunked",
            [
                .send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n"),
                .send("2\r\nde\r\n0\r\n\r\n"),
            ],
            "200 abcde"),
        Form(
            "chunked with a trailer",
            [.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx: y\r\n\r\n")], "200 a"),
        Form("204 with a length", [.send("HTTP/1.1 204 No Content\r\ncontent-length: 7\r\n\r\n")], "204 "),
        Form("304", [.send("HTTP/1.1 304 Not Modified\r\netag: x\r\n\r\n")], "304 "),
        Form("empty 202", [answer("202 Accepted")], "202 "),
        Form(
            "a redirect is an answer", [answer("307 Temporary Redirect", headers: "location: https://x/\r\n")], "307 "),
        Form("a server error is an answer", [answer("503 Service Unavailable", "no")], "503 no"),
        Form("until the close notice", [.send("HTTP/1.1 200 OK\r\n\r\nabc"), .close], "200 abc", reused: false),
        Form("until the half-close", [.send("HTTP/1.1 200 OK\r\n\r\nabc"), .closeOutput], "200 abc", reused: false),
    ])
    func understands(_ form: Form) async throws {
        try await with(script: { _ in form.steps }) { upstream, server in
            #expect(text(await upstream.exchange(get(), deadline: soon)) == form.expected)
            #expect(text(await upstream.exchange(get(), deadline: soon)) == form.expected)
            #expect(server.log.accepted == (form.reused ? 1 : 2))
            #expect(server.log.requests.allSatisfy { $0.head.hasPrefix("GET /a ") })
        }
    }

    @Test func keepsRepeatedHeaderFieldsInOrder() async throws {
        let fields = "X-Ms-Ratelimit-Remaining-Resource: a;1\r\nx-ms-ratelimit-remaining-resource: b;2\r\n"
        try await with(script: { _ in [answer(headers: fields)] }) { upstream, _ in
            guard case .answered(let answer) = await upstream.exchange(get(), deadline: soon) else {
                Issue.record("no answer")
                return
            }
            var fields: [String] = []
            answer.headers.visit { fields.append("\(FieldText.text($0).lowercased()): \(FieldText.text($1))") }
            #expect(
                fields.filter { $0.hasPrefix("x-ms-") } == [
                    "x-ms-ratelimit-remaining-resource: a;1", "x-ms-ratelimit-remaining-resource: b;2",
                ])
            #expect(fields.contains("content-length: 0"))
        }
    }

    @Test func takesALargeRequestAndALargeAnswer() async throws {
        let large = String(repeating: "0123456789abcdef", count: 1 << 16)
        try await with(maximumBodyBytes: 4 << 20, script: { [answer("200 OK", $0.body)] }) { upstream, server in
            let request = UpstreamRequest(method: "POST", target: "/", body: Array(large.utf8))
            for _ in 1...2 { #expect(text(await upstream.exchange(request, deadline: soon)) == "200 \(large)") }
            #expect(server.log.accepted == 1)
        }
    }

    /// ARM may refuse a request by its head; what is left of the body must not precede the next request.
    @Test func doesNotReuseAConnectionThatStillHasARequestToSend() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let identity = try Self.identity.get()
        let script: ScriptedServer.Script = { _ in [.stopReading, answer("413 Too Large")] }
        try await ScriptedServer.with(identity: identity, awaitsBodies: false, script: script) { server in
            let upstream = try UpstreamConnections(
                configuration: UpstreamConfiguration(
                    endpoint: UpstreamEndpoint(host: "localhost", port: server.port),
                    trustRoots: .pem(try Self.authority.get().certificatePEM)), eventLoopGroup: group)
            let large = UpstreamRequest(method: "POST", target: "/", body: [UInt8](repeating: 0x61, count: 16 << 20))
            #expect(text(await upstream.exchange(large, deadline: soon)) == "413 ")
            #expect(text(await upstream.exchange(get(), deadline: soon)) == "413 ")
            #expect(server.log.accepted == 2)
            await upstream.shutdown()
        }
        try await group.shutdownGracefully()
    }

    // MARK: Failures after something was sent

    struct Failing: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var steps: [ScriptedServer.Step]
        var reason: UpstreamFailure.Reason
        var phase: UpstreamFailure.Phase
        init(
            _ name: String, _ steps: [ScriptedServer.Step], _ reason: UpstreamFailure.Reason,
            _ phase: UpstreamFailure.Phase
        ) {
            (testDescription, self.steps, self.reason, self.phase) = (name, steps, reason, phase)
        }
    }

    @Test(arguments: [
        Failing("closed unanswered", [.close], .closed, .awaitingHead),
        Failing("half-closed unanswered", [.closeOutput], .closed, .awaitingHead),
        Failing("cut unanswered", [.cut], .closed, .awaitingHead),
        Failing("cut in the head", [.send("HTTP/1.1 200 OK\r\ncontent-le"), .cut], .closed, .awaitingHead),
        Failing("closed in the head", [.send("HTTP/1.1 200 OK\r\ncontent-le"), .close], .closed, .awaitingHead),
        Failing("closed after 100", [.send("HTTP/1.1 100 Continue\r\n\r\n"), .close], .closed, .awaitingHead),
        Failing(
            "cut in the body", [.send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab"), .cut], .closed, .receivingBody),
        Failing(
            "closed in the body", [.send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab"), .close], .closed,
            .receivingBody),
        Failing(
            "cut in a chunk", [.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"), .close], .closed,
            .receivingBody),
        Failing(
            "body cut without a close notice", [.send("HTTP/1.1 200 OK\r\n\r\nabc"), .cut], .closed, .receivingBody),
        Failing("no HTTP", [.send("SSH-2.0-OpenSSH_9.2\r\n")], .malformedAnswer, .awaitingHead),
        Failing("HTTP/2", [.send("HTTP/2.0 200 OK\r\n\r\n")], .malformedAnswer, .awaitingHead),
        Failing(
            "both framings",
            [.send("HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n")],
            .malformedAnswer, .awaitingHead),
        Failing(
            "two lengths", [.send("HTTP/1.1 200 OK\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd")],
            .malformedAnswer, .awaitingHead),
        Failing(
            "a bad chunk", [.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n")], .malformedAnswer,
            .receivingBody),
        Failing(
            "an endless head", [.send("HTTP/1.1 200 OK\r\nx: \(String(repeating: "a", count: 70000))")],
            .malformedAnswer, .awaitingHead),
        Failing(
            "switching protocols",
            [.send("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n")],
            .malformedAnswer, .awaitingHead),
        Failing(
            "compressed", [answer("200 OK", "x", headers: "content-encoding: gzip\r\n")], .encoded, .receivingBody),
        Failing(
            "announced too large", [.send("HTTP/1.1 200 OK\r\ncontent-length: 4097\r\n\r\n")], .tooLarge, .receivingBody
        ),
        Failing(
            "grows too large",
            [
                .send(
                    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1001\r\n\(String(repeating: "a", count: 4097))"
                )
            ],
            .tooLarge, .receivingBody),
    ])
    func isUnknownAfter(_ failing: Failing) async throws {
        try await with(script: { $0.connection == 1 ? failing.steps : [answer()] }) { upstream, server in
            expectUnknown(await upstream.exchange(get(), deadline: soon), failing.reason, failing.phase)
            #expect(server.log.requests.count == 1, "nothing is repeated")
            #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ")
            #expect(server.log.accepted == 2)
        }
    }

    @Test(arguments: [
        ([ScriptedServer.Step](), UpstreamFailure.Phase.awaitingHead),
        ([.send("HTTP/1.1 100 Continue\r\n\r\n")], .awaitingHead),
        ([.send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab")], .receivingBody),
    ])
    func isUnknownAtTheDeadline(_ steps: [ScriptedServer.Step], _ phase: UpstreamFailure.Phase) async throws {
        try await with(script: { $0.number == 1 ? [answer()] : steps }) { upstream, server in
            // The connection stands before the clock runs.
            #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ")
            let begin = NIODeadline.now()
            expectUnknown(
                await upstream.exchange(get(), deadline: begin + .milliseconds(400)), .timedOut, phase)
            #expect(NIODeadline.now() - begin >= .milliseconds(400))
            #expect(NIODeadline.now() - begin < .seconds(10))
            try await eventually { server.log.open == 0 }
        }
    }

    /// The timer that was set for a far deadline must not let a nearer one pass.
    @Test func keepsANearDeadlineAfterAFarOne() async throws {
        try await with(connect: .seconds(20), script: { $0.number < 3 ? [answer()] : [] }) { upstream, server in
            for _ in 1...2 { #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ") }
            let begin = NIODeadline.now()
            expectUnknown(
                await upstream.exchange(get(), deadline: begin + .milliseconds(150)), .timedOut, .awaitingHead)
            #expect(NIODeadline.now() - begin < .seconds(10))
            #expect(server.log.accepted == 1)
        }
    }

    // MARK: Failures before anything was sent

    @Test func isNotSentWhenTheServerIsDown() async throws {
        try await with(script: { _ in [answer()] }) { upstream, server in
            try await server.stopListening()
            expectNotSent(await upstream.exchange(get(), deadline: soon), .connectRefused, .connecting)
        }
    }

    @Test func isNotSentWhenTheNameIsUnknown() async throws {
        try await with(host: "no-such-host.invalid", script: { _ in [answer()] }) { upstream, server in
            expectNotSent(await upstream.exchange(get(), deadline: soon), .dnsFailed, .connecting)
            #expect(server.log.accepted == 0)
        }
    }

    @Test func isNotSentToAnotherName() async throws {
        let other = try Self.authority.get().issueServer(dnsNames: ["elsewhere.example"], ipAddresses: [])
        try await with(identity: other, script: { _ in [answer()] }) { upstream, server in
            expectNotSent(await upstream.exchange(get(), deadline: soon), .certificateInvalid, .connecting)
            #expect(server.log.requests.isEmpty)
        }
    }

    @Test func isNotSentToAnUntrustedServer() async throws {
        let other = try TestAuthority(commonName: "Another").issueServer()
        try await with(identity: other, script: { _ in [answer()] }) { upstream, server in
            expectNotSent(await upstream.exchange(get(), deadline: soon), .certificateInvalid, .connecting)
            #expect(server.log.requests.isEmpty)
        }
    }

    /// NIOSSL alone would take it: it compares with the address connected to even when a name was asked for.
    @Test func isNotSentToAnAddressThatCannotProveItsName() async throws {
        let addressOnly = try Self.authority.get().issueServer(dnsNames: [], ipAddresses: ["127.0.0.1", "::1"])
        try await with(identity: addressOnly, script: { _ in [answer()] }) { upstream, server in
            for _ in 1...2 {
                expectNotSent(await upstream.exchange(get(), deadline: soon), .certificateInvalid, .connecting)
            }
            #expect(server.log.requests.isEmpty)
        }
        try await with(host: "127.0.0.1", identity: addressOnly, script: { _ in [answer()] }) { upstream, _ in
            #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ")
        }
    }

    @Test func verifiesAnAddressInPlaceOfAName() async throws {
        try await with(host: "127.0.0.1", script: { _ in [answer()] }) { upstream, _ in
            #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ")
        }
        let nameOnly = try Self.authority.get().issueServer(dnsNames: ["localhost"], ipAddresses: ["127.0.0.2"])
        try await with(host: "127.0.0.1", identity: nameOnly, script: { _ in [answer()] }) { upstream, server in
            expectNotSent(await upstream.exchange(get(), deadline: soon), .certificateInvalid, .connecting)
            #expect(server.log.requests.isEmpty)
        }
    }

    @Test func isNotSentWhenTheServerSpeaksNoTLS() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let deaf = try await ServerBootstrap(group: group).childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(PlainAnswer()) }
        }.bind(host: "127.0.0.1", port: 0).get()
        let upstream = try UpstreamConnections(
            configuration: UpstreamConfiguration(
                endpoint: UpstreamEndpoint(host: "127.0.0.1", port: deaf.localAddress?.port ?? 0),
                trustRoots: .pem(try Self.authority.get().certificatePEM)), eventLoopGroup: group)
        expectNotSent(await upstream.exchange(get(), deadline: soon), .tlsFailed, .connecting)
        await upstream.shutdown()
        try await deaf.close()
        try await group.shutdownGracefully()
    }

    @Test(arguments: [(TimeAmount.milliseconds(150), TimeAmount.seconds(20)), (.seconds(20), .milliseconds(150))])
    func isNotSentWhenTheHandshakeHangs(_ connect: TimeAmount, _ deadline: TimeAmount) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let deaf = try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0).get()
        let upstream = try UpstreamConnections(
            configuration: UpstreamConfiguration(
                endpoint: UpstreamEndpoint(host: "127.0.0.1", port: deaf.localAddress?.port ?? 0),
                trustRoots: .pem(try Self.authority.get().certificatePEM), connectTime: connect), eventLoopGroup: group)
        expectNotSent(await upstream.exchange(get(), deadline: .now() + deadline), .timedOut, .connecting)
        try await deaf.close()
        try await group.shutdownGracefully()
    }

    @Test func isNotSentAfterItsDeadline() async throws {
        try await with(script: { _ in [answer()] }) { upstream, server in
            expectNotSent(await upstream.exchange(get(), deadline: .now() - .seconds(1)), .timedOut, .waiting)
            #expect(server.log.accepted == 0)
        }
    }

    // MARK: Many at once

    @Test func queuesInOrderWhenAllAreBusy() async throws {
        try await with(connections: 1, script: { [answer("200 OK", $0.line)] }) { upstream, server in
            let results = await withTaskGroup(of: String?.self) { group in
                for number in 1...20 {
                    group.addTask { text(await upstream.exchange(get("/\(number)"), deadline: soon)) }
                }
                return await group.reduce(into: Set<String>()) { $0.insert($1 ?? "-") }
            }
            #expect(results.count == 20 && !results.contains("-"))
            #expect(server.log.mostOpen == 1)
            #expect(server.log.accepted == 1)
        }
    }

    @Test func opensNoMoreThanItsNumber() async throws {
        try await with(connections: 3, script: { _ in [answer()] }) { upstream, server in
            let answered = await withTaskGroup(of: Bool.self) { group in
                for _ in 1...60 { group.addTask { text(await upstream.exchange(get(), deadline: soon)) != nil } }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(answered == 60)
            #expect(server.log.mostOpen <= 3)
        }
    }

    @Test func givesUpWaitingAtTheDeadlineAndSendsNothing() async throws {
        try await with(connections: 1, script: { $0.line.contains("/hang") ? [] : [answer()] }) { upstream, server in
            #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ")
            async let hanging = upstream.exchange(get("/hang"), deadline: .now() + .milliseconds(1500))
            try await eventually { server.log.requests.count >= 2 }
            expectNotSent(
                await upstream.exchange(get("/late"), deadline: .now() + .milliseconds(50)), .poolExhausted, .waiting)
            async let patient = upstream.exchange(get("/patient"), deadline: soon)
            expectUnknown(await hanging, .timedOut, .awaitingHead)
            #expect(text(await patient) == "200 ")
            #expect(!server.log.requests.contains { $0.line.contains("/late") })
        }
    }

    @Test func failsEveryWaiterWhenTheServerIsDown() async throws {
        try await with(connections: 2, script: { _ in [answer()] }) { upstream, server in
            try await server.stopListening()
            let refused = await withTaskGroup(of: Bool.self) { group in
                for _ in 1...10 {
                    group.addTask {
                        if case .notSent(let failure) = await upstream.exchange(get(), deadline: soon) {
                            return failure.reason == .connectRefused
                        }
                        return false
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(refused == 10)
        }
    }

    @Test func staysOnTheEventLoopOfItsTask() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
        try await ScriptedServer.with(identity: Self.identity.get(), script: { _ in [answer()] }) { server in
            let upstream = try UpstreamConnections(
                configuration: UpstreamConfiguration(
                    endpoint: UpstreamEndpoint(host: "localhost", port: server.port),
                    trustRoots: .pem(try Self.authority.get().certificatePEM)), eventLoopGroup: group)
            let executor = LoopExecutor(loop: group.next())
            await withTaskExecutorPreference(executor) {
                for _ in 1...9 {
                    #expect(text(await upstream.exchange(get(), deadline: soon)) == "200 ")
                    #expect(executor.loop.inEventLoop)
                }
            }
            #expect(server.log.accepted == 1)
            await upstream.shutdown()
        }
        try await group.shutdownGracefully()
    }

    @Test func doesNotStopForACancelledCaller() async throws {
        try await with(script: { _ in [answer("200 OK", "done")] }) { upstream, server in
            let task = Task { await upstream.exchange(get(), deadline: soon) }
            task.cancel()
            #expect(text(await task.value) == "200 done")
            #expect(server.log.requests.count == 1)
        }
    }

    @Test func finishesWhatIsUnderWayWhenItStops() async throws {
        try await with(script: { $0.line.contains("/first") ? [answer()] : [] }) { upstream, server in
            #expect(text(await upstream.exchange(get("/first"), deadline: soon)) == "200 ")
            async let slow = upstream.exchange(get("/slow"), deadline: soon)
            try await eventually { server.log.requests.count >= 2 }
            async let end: Void = upstream.shutdown()
            var refused: ExchangeResult
            repeat {
                refused = await upstream.exchange(get("/more"), deadline: .now() + .milliseconds(20))
                if case .notSent(let failure) = refused, failure.reason == .shuttingDown { break }
            } while server.log.requests.count < 50
            guard case .notSent(let failure) = refused else {
                Issue.record("sent while stopping")
                return
            }
            #expect(failure.reason == .shuttingDown)
            await server.sendOnAll("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
            #expect(text(await slow) == "200 ok")
            await end
        }
    }
}

/// Answers in plain text whatever it is sent.
private final class PlainAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 400 Bad Request\r\n\r\n")), promise: nil)
    }
}

/// Runs tasks on one event loop, as the gateway does.
private final class LoopExecutor: TaskExecutor {
    let loop: any EventLoop

    init(loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
