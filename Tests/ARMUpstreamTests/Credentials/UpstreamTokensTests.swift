import Foundation
import GatewayTestSupport
import HTTPMessages
import NIOHTTP1
import NIOPosix
import Redaction
import Testing

@testable import ARMUpstream

@Suite("Credentials", .timeLimit(.minutes(1)))
struct UpstreamTokensTests {
    private static let good = answer("200 OK", #"{"access_token":"abc","expires_in":3600,"token_type":"Bearer"}"#)
    private static let guid = "0f8fad5b-d9cb-469f-a165-70867728950e"

    private func with(
        _ credential: UpstreamCredential, resource: String = "https://management.azure.com",
        trustRoots: UpstreamTrustRoots = .system, timeLimit: Duration = .seconds(10),
        now: @escaping @Sendable () -> Date = { Date() }, _ body: (UpstreamTokens) async throws -> Void
    ) async throws {
        let tokens = try UpstreamTokens(
            credential: credential, resource: resource, trustRoots: trustRoots,
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, timeLimit: timeLimit, now: now)
        do { try await body(tokens) } catch {
            await tokens.shutdown()
            throw error
        }
        await tokens.shutdown()
    }

    private func expect(
        _ tokens: UpstreamTokens, _ text: String, _ location: SourceLocation = #_sourceLocation
    ) async throws {
        let token = try await tokens.token()
        #expect(token.text == text, sourceLocation: location)
    }

    private func failure(of tokens: UpstreamTokens) async -> CredentialError? {
        do throws(CredentialError) {
            _ = try await tokens.token()
            return nil
        } catch {
            return error
        }
    }

    private func machine(
        _ server: ScriptedServer, _ selection: UpstreamCredential.ManagedIdentity.Selection = .onlyOne
    ) -> UpstreamCredential {
        .managedIdentity(
            .init(selection: selection, endpoint: .virtualMachine(baseURL: "http://127.0.0.1:\(server.port)")))
    }

    // MARK: Managed identity

    @Test(arguments: [
        (UpstreamCredential.ManagedIdentity.Selection.onlyOne, ""), (.clientID(guid), "&client_id=\(guid)"),
        (.objectID(guid), "&object_id=\(guid)"),
        (.resourceID("/subscriptions/a b"), "&msi_res_id=%2Fsubscriptions%2Fa%20b"),
    ])
    func asksTheMachinesEndpoint(
        _ selection: UpstreamCredential.ManagedIdentity.Selection, _ query: String
    ) async throws {
        try await ScriptedServer.with(identity: nil, script: { _ in [Self.good] }) { server in
            try await with(machine(server, selection)) { tokens in
                try await expect(tokens, "Bearer abc")
                try await expect(tokens, "Bearer abc")
            }
            let request = try #require(server.log.requests.first)
            #expect(server.log.requests.count == 1)
            #expect(
                request.line == "GET /metadata/identity/oauth2/token?api-version=2018-02-01"
                    + "&resource=https%3A%2F%2Fmanagement.azure.com\(query) HTTP/1.1")
            #expect(request.head.contains("\r\nMetadata: true"))
        }
    }

    @Test func asksTheEnvironmentsEndpoint() async throws {
        try await ScriptedServer.with(identity: nil, script: { _ in [Self.good] }) { server in
            let endpoint = ManagedIdentityEndpoint.detect(in: [
                "IDENTITY_ENDPOINT": "http://127.0.0.1:\(server.port)/msi/token", "IDENTITY_HEADER": "header-value",
            ])
            let identity = UpstreamCredential.ManagedIdentity(selection: .resourceID("/r"), endpoint: endpoint)
            try await with(.managedIdentity(identity)) { tokens in
                try await expect(tokens, "Bearer abc")
            }
            let request = try #require(server.log.requests.first)
            #expect(
                request.line == "GET /msi/token?api-version=2019-08-01"
                    + "&resource=https%3A%2F%2Fmanagement.azure.com&mi_res_id=%2Fr HTTP/1.1")
            #expect(request.head.contains("\r\nX-IDENTITY-HEADER: header-value"))
        }
    }

    @Test(arguments: [[:], ["IDENTITY_ENDPOINT": "http://x"], ["IDENTITY_ENDPOINT": "", "IDENTITY_HEADER": "a"]])
    func fallsBackToTheMachinesEndpoint(_ environment: [String: String]) {
        guard case .virtualMachine(let url) = ManagedIdentityEndpoint.detect(in: environment) else {
            Issue.record("not the machine's")
            return
        }
        #expect(url == "http://169.254.169.254")
    }

    @Test func asksOnceForAHundredCallers() async throws {
        try await ScriptedServer.with(identity: nil, script: { _ in [Self.good] }) { server in
            try await with(machine(server)) { tokens in
                await withTaskGroup(of: Bool.self) { group in
                    for _ in 1...100 { group.addTask { (try? await tokens.token().text) == "Bearer abc" } }
                    #expect(await group.allSatisfy { $0 })
                }
            }
            #expect(server.log.requests.count == 1)
        }
    }

    // MARK: Client secret

    @Test func presentsTheSecretFromItsFile() async throws {
        let directory = try TestDirectory()
        let file = try directory.write("s3cr&t=+ä\n", as: "secret")
        let authority = try TestAuthority()
        try await ScriptedServer.with(identity: authority.issueServer(), script: { _ in [Self.good] }) { server in
            let credential = UpstreamCredential.clientSecret(
                .init(
                    authority: "https://localhost:\(server.port)/", tenant: "contoso.example", clientID: Self.guid,
                    secretFile: file))
            try await with(credential, trustRoots: .pem(try authority.certificatePEM)) { tokens in
                let first = try await tokens.token()
                #expect(first.text == "Bearer abc")
                try directory.write("another", as: "secret")
                // The endpoint of this test hands out the same one again, after it has read the new secret.
                #expect(await tokens.replacement(for: first) == nil)
                #expect(try await tokens.token() == first)
            }
            let requests = server.log.requests
            #expect(
                requests.map(\.line) == Array(repeating: "POST /contoso.example/oauth2/v2.0/token HTTP/1.1", count: 2))
            #expect(
                requests.first?.body == "grant_type=client_credentials&client_id=\(Self.guid)"
                    + "&client_secret=s3cr%26t%3D%2B%C3%A4&scope=https%3A%2F%2Fmanagement.azure.com%2F.default")
            #expect(requests.last?.body.contains("client_secret=another&") == true)
        }
    }

    @Test func trustsOnlyTheGivenRoots() async throws {
        let directory = try TestDirectory()
        let file = try directory.write("x", as: "secret")
        try await ScriptedServer.with(identity: TestAuthority().issueServer(), script: { _ in [Self.good] }) { server in
            let credential = UpstreamCredential.clientSecret(
                .init(
                    authority: "https://localhost:\(server.port)", tenant: "t", clientID: Self.guid, secretFile: file))
            try await with(credential, trustRoots: .pem(try TestAuthority().certificatePEM)) { tokens in
                #expect(await failure(of: tokens)?.reason == .unreachable)
            }
            #expect(server.log.requests.isEmpty)
        }
    }

    /// The secret of the client is not told to a server that proves an address in place of the name.
    @Test(arguments: ["localhost", "127.0.0.1"])
    func holdsTheCertificateAgainstTheHostOfTheAddress(_ host: String) async throws {
        let directory = try TestDirectory()
        let file = try directory.write("x", as: "secret")
        let authority = try TestAuthority()
        let addressOnly = try authority.issueServer(dnsNames: [], ipAddresses: ["127.0.0.1"])
        try await ScriptedServer.with(identity: addressOnly, script: { _ in [Self.good] }) { server in
            let credential = UpstreamCredential.clientSecret(
                .init(
                    authority: "https://\(host):\(server.port)", tenant: "t", clientID: Self.guid, secretFile: file))
            try await with(credential, trustRoots: .pem(try authority.certificatePEM)) { tokens in
                #expect(await failure(of: tokens)?.reason == (host == "localhost" ? .unreachable : nil))
            }
            #expect(server.log.requests.isEmpty == (host == "localhost"))
        }
    }

    @Test func saysThatTheSecretIsMissing() async throws {
        let directory = try TestDirectory()
        try directory.write(" \n", as: "empty")
        for name in ["missing", "empty"] {
            let client = UpstreamCredential.ClientSecret(
                tenant: "t", clientID: Self.guid, secretFile: directory.path(name))
            try await with(.clientSecret(client)) { tokens in
                #expect(await failure(of: tokens)?.reason == .fileUnreadable)
            }
        }
        let file = try directory.write("x", as: "secret")
        let client = UpstreamCredential.ClientSecret(tenant: "../x", clientID: Self.guid, secretFile: file)
        try await with(.clientSecret(client)) { tokens in
            #expect(await failure(of: tokens)?.reason == .misconfigured)
        }
    }

    // MARK: Failing endpoints

    struct Failing: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var steps: [ScriptedServer.Step]
        var error: CredentialError
    }

    @Test(arguments: [
        Failing(
            testDescription: "refused", steps: [answer("401 Unauthorized", #"{"error":"invalid_client"}"#)],
            error: CredentialError(.refused, status: 401, code: "invalid_client")),
        Failing(
            testDescription: "throttled", steps: [answer("429 Too Many", "{}", headers: "retry-after: 30\r\n")],
            error: CredentialError(.throttled, status: 429, retryAfter: .seconds(30))),
        Failing(
            testDescription: "redirected",
            steps: [answer("307 Temporary Redirect", headers: "location: http://127.0.0.1:1/\r\n")],
            error: CredentialError(.refused, status: 307)),
        Failing(
            testDescription: "no JSON", steps: [answer("200 OK", "<html>")], error: CredentialError(.malformedAnswer)),
        Failing(
            testDescription: "no HTTP", steps: [.send("SSH-2.0\r\n\r\n")], error: CredentialError(.malformedAnswer)),
        Failing(
            testDescription: "too large",
            steps: [
                answer("200 OK", String(repeating: " ", count: 300_000) + #"{"access_token":"t","expires_in":60}"#)
            ],
            error: CredentialError(.malformedAnswer)),
        Failing(testDescription: "closed", steps: [.close], error: CredentialError(.unreachable)),
        Failing(testDescription: "hanging", steps: [], error: CredentialError(.timedOut)),
        Failing(
            testDescription: "hanging in the body", steps: [.send("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{")],
            error: CredentialError(.timedOut)),
    ])
    func explains(_ failing: Failing) async throws {
        try await ScriptedServer.with(identity: nil, script: { _ in failing.steps }) { server in
            try await with(
                machine(server), timeLimit: failing.error.reason == .timedOut ? .milliseconds(200) : .seconds(10)
            ) {
                tokens in
                #expect(await failure(of: tokens) == failing.error)
                #expect(await failure(of: tokens)?.reason == failing.error.reason)
            }
            #expect(server.log.requests.count <= 1, "nothing is repeated within the pause")
        }
    }

    @Test func asksAgainAfterThePause() async throws {
        let clock = WallClock()
        try await ScriptedServer.with(
            identity: nil, script: { $0.connection + $0.number > 2 ? [Self.good] : [answer("500 Oops", "")] }
        ) { server in
            try await with(machine(server), now: clock.now) { tokens in
                #expect(await failure(of: tokens)?.status == 500)
                #expect(await failure(of: tokens)?.retryAfter == .seconds(1))
                clock.advance(1)
                try await expect(tokens, "Bearer abc")
            }
        }
    }

    // MARK: File and passthrough

    @Test func readsTheTokenFileAgainWhenItChanges() async throws {
        let clock = WallClock()
        let directory = try TestDirectory()
        let file = try directory.write("first\n", as: "token")
        try await with(.tokenFile(path: file), now: clock.now) { tokens in
            try await expect(tokens, "Bearer first")
            try directory.write("second!", as: "token")
            clock.advance(1)
            try await expect(tokens, "Bearer second!")
            try directory.write("third", as: "token")
            let second = try await tokens.token()
            #expect(await tokens.replacement(for: second)?.text == "Bearer third")
            #expect(await tokens.replacement(for: second)?.text == "Bearer third")
            let third = try await tokens.token()
            #expect(await tokens.replacement(for: third) == nil, "the file says the same")
            try await expect(tokens, "Bearer third")
            try directory.write("no token", as: "token")
            clock.advance(1)
            #expect(await failure(of: tokens)?.reason == .fileUnreadable)
            try FileManager.default.removeItem(atPath: file)
            clock.advance(1)
            #expect(await failure(of: tokens)?.reason == .fileUnreadable)
            try directory.write("fourth", as: "token")
            try await expect(tokens, "Bearer fourth")
        }
    }

    @Test func hasNoTokenOfItsOwnForPassthrough() async throws {
        try await with(.passthrough) { tokens in
            #expect(tokens.isPassthrough)
            #expect(await failure(of: tokens)?.reason == .noneOfOurOwn)
            let theirs = try #require(BearerToken("callers"))
            #expect(await tokens.replacement(for: theirs) == nil)
        }
    }

    @Test func neverPrintsAToken() throws {
        let token = try #require(BearerToken("canary-value"))
        let request = UpstreamRequest(
            method: "POST", target: "/a?sig=canary-value", headers: [("x", "canary-value")], token: token,
            body: Array("canary-value".utf8))
        let issued = IssuedToken(bearer: token, issuedAt: Date(), expiresAt: Date())
        let credential = UpstreamCredential.managedIdentity(
            .init(endpoint: .environment(url: "http://x", header: Secret("canary-value"))))
        let form = TokenRequest(
            method: .POST, url: "http://x", headers: [("x", Secret("canary-value"))], body: Secret("canary-value"))
        let headers = ReceivedFields([("location", "canary-value")])
        let answer = UpstreamAnswer(status: 200, headers: headers, body: Array("canary-value".utf8))
        let result = ExchangeResult.answered(answer)
        for value in [token, request, issued, credential, form, headers, answer, result] as [Any] {
            var dumped = ""
            dump(value, to: &dumped)
            #expect(!"\(value) \(String(reflecting: value)) \(dumped)".contains("canary-value"))
        }
    }
}
