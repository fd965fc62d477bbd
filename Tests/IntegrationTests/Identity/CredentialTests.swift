import ARMSimulator
import Foundation
import GatewayTestSupport
import StrictJSON
import Testing

/// With whose token ARM is called.
@Suite struct CredentialTests {
    /// How ARM's log shows a token: asked of ARM itself.
    private static func mark(of token: String, _ stack: LocalStack) async throws -> String {
        _ = try await stack.call(
            "GET", "/mark", bytes: nil, token: token, base: "https://localhost:\(stack.simulatorPorts.https)")
        return await stack.simulator.receivedRequests.last?.authorizationSHA256 ?? "none"
    }

    private static func senders(_ stack: LocalStack) async -> [String] {
        await stack.simulator.receivedRequests.filter { $0.target != "/mark" }.compactMap(\.authorizationSHA256)
    }

    @Test func ofItsOwnAndNeverTheCallers() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            for name in ["web-01", "web-02"] {
                let answer = try await stack.call(
                    "POST", LocalStack.vm(name), body: LocalStack.helloBody(), token: token)
                #expect(answer.status == 202, "\(answer.text)")
            }
            let senders = await Self.senders(stack)
            #expect(senders.count == 2)
            #expect(Set(senders).count == 1)
            let callers = try await Self.mark(of: token, stack)
            #expect(!senders.contains(callers))
        }
    }

    @Test func ofAFileReadAgainWhenItChanges() async throws {
        var options = LocalStack.Options()
        options.credential = "{type: tokenFile, path: arm-token}"
        let fixed = options
        try await LocalStack.Surroundings.with(options) { surroundings in
            func newToken() throws -> String {
                let token = try surroundings.simulator.mintToken(claims: ["oid": "77777777-0000-0000-0000-000000000001"]
                )
                try surroundings.directory.write(token + "\n", as: "arm-token")
                return token
            }
            let first = try newToken()
            try await surroundings.withGateway(fixed) { stack in
                let token = try stack.token()
                let one = try await stack.call(
                    "POST", LocalStack.vm("web-01"), body: LocalStack.helloBody(), token: token)
                #expect(one.status == 202, "\(one.text)")
                let sent = await Self.senders(stack)
                #expect(sent.last == (try await Self.mark(of: first, stack)))
                let second = try surroundings.simulator.mintToken(claims: [
                    "oid": "77777777-0000-0000-0000-000000000002"
                ])
                try surroundings.directory.write(second, as: "arm-token")
                let other = try await Self.mark(of: second, stack)
                var number = 1
                let isTaken = try await LocalStack.eventually {
                    number += 1
                    let answer = try await stack.call("GET", LocalStack.instance("x\(number)"), token: token)
                    #expect(answer.status == 404)
                    return await Self.senders(stack).last == other
                }
                #expect(isTaken)
            }
        }
    }

    @Test func aMissingSecretSendsNothing() async throws {
        try await LocalStack.Surroundings.with { surroundings in
            try surroundings.directory.write("another secret", as: "client-secret")
            try await surroundings.withGateway { stack in
                let answer = try await stack.call(
                    "POST", LocalStack.vm("web-01"), body: LocalStack.helloBody(), token: try stack.token())
                LocalStack.expectEnvelope(answer, 503, "UpstreamUnavailable", "a wrong client secret")
                #expect(try stack.rows(of: answer).map(\.event) == ["decision", "response"])
                #expect(await stack.received() == 0)
            }
        }
    }

    /// ARM refuses one target whatever token comes, as it does one of another tenant. Who asks for it gets our 503, and
    /// nobody else notices.
    @Test func aTargetThatARMAlwaysRefusesStopsNobodyElse() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            stack.simulator.add(SimulatorFault(.status(401), pathContains: "foreign", times: 1000))
            let clock = ContinuousClock()
            let start = clock.now
            for number in 1...10 {
                let (foreign, own) = ("foreign-\(number)", "web-\(number)")
                let post = try await stack.call(
                    "POST", LocalStack.vm(foreign), body: LocalStack.helloBody(), token: token)
                let get = try await stack.call("GET", LocalStack.instance(foreign), token: token)
                for refused in [post, get] {
                    LocalStack.expectEnvelope(refused, 503, "UpstreamUnavailable", "refused by ARM")
                    #expect(refused.text.contains("refused the gateway's own credential; nothing was run"))
                    #expect(refused.text.contains("upstream.credential"))
                    #expect(!refused.text.contains("not reached"))
                    #expect(try stack.rows(of: refused).last?.row["upstream"]?["status"]?.integer == 401)
                }
                let good = try await stack.call(
                    "POST", LocalStack.vm(own), body: LocalStack.helloBody(), token: token)
                #expect(good.status == 202, "\(number): \(good.text)")
                let read = try await stack.call("GET", LocalStack.instance(own), token: token)
                #expect(read.status == 404, "\(number): \(read.text)")
                #expect(await stack.received("/\(own)/", method: "POST") == 1)
            }
            let intervals = Int((clock.now - start).components.seconds) / 5 + 1
            let senders = await Self.senders(stack)
            #expect(Set(senders).count <= 1 + intervals, "a new token at most once in five seconds")
            // Sent once more only where there was a new token to try.
            #expect(await stack.received("foreign") <= 20 + intervals)
        }
    }

    /// The callers' own tokens: ARM's refusal is theirs, and the record warns that they can go around the gateway.
    @Test func ofTheCallerWithPassthrough() async throws {
        var options = LocalStack.Options()
        options.credential = "{type: passthrough}"
        try await LocalStack.withRunning(options) { stack in
            let token = try stack.token()
            let answer = try await stack.call(
                "POST", LocalStack.vm("web-01"), body: LocalStack.helloBody(), token: token)
            #expect(answer.status == 202, "\(answer.text)")
            let sent = await Self.senders(stack)
            #expect(sent.last == (try await Self.mark(of: token, stack)))
            _ = try await stack.follow(answer.header("location"), token: token)
            stack.simulator.add(SimulatorFault(.status(401), method: "POST"))
            let refused = try await stack.call(
                "POST", LocalStack.vm("web-02"), body: LocalStack.helloBody(), token: token)
            #expect(refused.status == 401, "\(refused.text)")
            #expect(await stack.received("web-02") == 1)
            #expect(try stack.record().first?.row["warning"]?.string?.isEmpty == false)
            let metrics = try await stack.management("/metrics").text
            #expect(metrics.contains("sallyport_upstream_passthrough 1"))
        }
    }
}
