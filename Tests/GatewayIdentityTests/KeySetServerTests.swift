import GatewayTestSupport
import NIOHTTP1
import PolicyCore
import Testing

@testable import GatewayIdentity

/// Keys from a real https server, with a clock that the test moves.
@Suite struct KeySetServerTests {
    private static let header = Expected.header.with("alg", "\"ES256\"")

    private static func token(_ key: TestSigningKey, kid: String) throws -> String {
        try key.token("ES256", header: self.header.with("kid", "\"\(kid)\""), claims: Expected.personClaims)
    }

    struct Fixture {
        let directory: TestDirectory
        let server: TestKeyServer
        let verifier: BearerTokenVerifier
        let clock = TestClock()

        init(
            _ keys: String, trusted: Bool = true, names: [String] = ["localhost"], addresses: [String] = []
        ) async throws {
            let authority = try TestAuthority()
            self.directory = try TestDirectory()
            let stranger = try TestAuthority()
            let roots = try self.directory.write(
                (trusted ? authority : stranger).certificatePEM, as: "roots.pem")
            self.server = try await TestKeyServer(
                authority.issueServer(dnsNames: names, ipAddresses: addresses), serving: keys)
            self.verifier = try BearerTokenVerifier(
                issuers: [
                    TokenIssuerConfiguration(
                        issuer: Expected.issuer, tenant: Expected.tenant, audiences: [Expected.audience],
                        keySet: .url(self.server.url), trustRootsFile: roots),
                    TokenIssuerConfiguration(
                        issuer: "https://login.example/v2.0", tenant: Expected.tenant, audiences: ["api://x"],
                        keySet: .url(self.server.url), trustRootsFile: roots),
                ], clockSkewSeconds: 60, logger: quietLogger, monotonic: self.clock.read)
        }
    }

    @Test func rotationAndTheRateOfUnknownKeys() async throws {
        let one = try TestSigningKey.ecOne.jwk(kid: "one")
        let fixture = try await Fixture(keySet(one))
        let verifier = fixture.verifier
        #expect(!verifier.isReady)
        await verifier.loadKeySets()
        #expect(verifier.isReady)
        #expect(fixture.server.requests == 1, "two issuers with one set load it once")
        #expect(await verifier.failure(try Self.token(.ecOne, kid: "one")) == nil)

        // The issuer adds a key: the first token by it causes one load.
        fixture.server.set(keySet(one, try TestSigningKey.ecTwo.jwk(kid: "two")))
        #expect(await verifier.failure(try Self.token(.ecTwo, kid: "two")) == nil)
        #expect(fixture.server.requests == 2)

        // Tokens with invented ids cause no more until the time is over, then one.
        for kid in ["x", "y", "z"] {
            #expect(await verifier.failure(try Self.token(.ecTwo, kid: kid)) == .unknownKey)
        }
        #expect(fixture.server.requests == 2)
        fixture.clock.advance(.seconds(59))
        #expect(await verifier.failure(try Self.token(.ecTwo, kid: "x")) == .unknownKey)
        #expect(fixture.server.requests == 2)
        fixture.clock.advance(.seconds(1))
        for kid in ["x", "y"] {
            #expect(await verifier.failure(try Self.token(.ecTwo, kid: kid)) == .unknownKey)
        }
        #expect(fixture.server.requests == 3)

        // The issuer withdraws the first key: a token remembered with it counts no longer.
        fixture.server.set(keySet(try TestSigningKey.ecTwo.jwk(kid: "two")))
        let first = try Self.token(.ecOne, kid: "one")
        #expect(await verifier.failure(first) == nil)
        #expect(verifier.rememberedPrincipal(of: first, at: Expected.now) != nil)
        fixture.clock.advance(.seconds(3_600))
        await verifier.loadKeySets()
        await verifier.settle()
        #expect(fixture.server.requests == 4)
        #expect(verifier.rememberedPrincipal(of: first, at: Expected.now) == nil)
        #expect(await verifier.failure(first) == .unknownKey)
        try await fixture.server.stop()
    }

    @Test func manyWaitForOneLoad() async throws {
        let fixture = try await Fixture(keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        let tokens = try (0..<20).map { _ in try Self.token(.ecOne, kid: "one") }
        await withTaskGroup(of: AuthenticationFailure?.self) { group in
            for token in tokens { group.addTask { await fixture.verifier.failure(token) } }
            for await failure in group { #expect(failure == nil) }
        }
        #expect(fixture.server.requests == 1)
        try await fixture.server.stop()
    }

    @Test func theLastGoodSetServesWhileLoadingFailsAndNotForEver() async throws {
        let fixture = try await Fixture(keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        let verifier = fixture.verifier
        let first = try Self.token(.ecOne, kid: "one")
        #expect(await verifier.failure(first) == nil)

        fixture.server.set("down", status: .internalServerError)
        fixture.clock.advance(.seconds(3_601))
        #expect(await verifier.failure(try Self.token(.ecOne, kid: "one")) == nil, "nobody waits for the refresh")
        await verifier.settle()
        #expect(fixture.server.requests == 2)
        #expect(verifier.keySetStatus.first?.lastFailure == .status)
        #expect(verifier.keySetStatus.first?.age == .seconds(3_601))
        #expect(verifier.isReady)

        // No second try until the pause is over.
        #expect(await verifier.failure(try Self.token(.ecOne, kid: "one")) == nil)
        await verifier.settle()
        #expect(fixture.server.requests == 2)
        fixture.clock.advance(.seconds(10))
        #expect(await verifier.failure(try Self.token(.ecOne, kid: "one")) == nil)
        await verifier.settle()
        #expect(fixture.server.requests == 3)

        fixture.clock.advance(.seconds(86_400 - 3_611))
        #expect(!verifier.isReady)
        #expect(verifier.rememberedPrincipal(of: first, at: Expected.now) == nil)
        #expect(await verifier.failure(first) == .keysUnavailable)

        fixture.server.set(keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        fixture.clock.advance(.seconds(10))
        #expect(await verifier.failure(first) == nil)
        #expect(verifier.isReady)
        try await fixture.server.stop()
    }

    @Test func answersThatAreNoKeySet() async throws {
        let one = keySet(try TestSigningKey.ecOne.jwk(kid: "one"))
        let fixture = try await Fixture(one)
        let table: [(HTTPResponseStatus, [(String, String)], String, KeySetFailure)] = [
            (.found, [("Location", fixture.server.url)], one, .status), (.noContent, [], "", .status),
            (.ok, [], "<html>", .malformed), (.ok, [], String(repeating: " ", count: 1_048_577), .tooLarge),
            (.ok, [], "{\"keys\":[]}", .noUsableKey),
        ]
        for (index, (status, headers, body, expected)) in table.enumerated() {
            fixture.server.set(body, status: status, headers: headers)
            fixture.clock.advance(.seconds(10))
            #expect(await fixture.verifier.failure(try Self.token(.ecOne, kid: "one")) == .keysUnavailable)
            #expect(fixture.verifier.keySetStatus.first?.lastFailure == expected)
            #expect(fixture.server.requests == index + 1, "a redirect is not followed")
        }
        try await fixture.server.stop()
    }

    @Test func anAnswerThatNeverEndsIsGivenUp() async throws {
        let fixture = try await Fixture("")
        fixture.server.stall()
        let source = KeySetSource(
            location: .url(fixture.server.url), trustRootsFile: fixture.directory.path("roots.pem"),
            deadline: .milliseconds(300))
        await #expect(throws: KeySetFailure.timedOut) { try await source.load() }
        #expect(fixture.server.requests == 1)
        try await fixture.server.stop()
    }

    @Test(.timeLimit(.minutes(1))) func itIsKeptCurrentUntilCancelled() async throws {
        let fixture = try await Fixture(keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        let running = Task { await fixture.verifier.run() }
        while !fixture.verifier.isReady { await Task.yield() }
        running.cancel()
        await running.value
        #expect(fixture.server.requests == 1)
        try await fixture.server.stop()
    }

    /// NIOSSL alone would take it: it compares with the address connected to even when a name was asked for.
    @Test func aServerThatProvesItsAddressOnly() async throws {
        let fixture = try await Fixture(
            keySet(try TestSigningKey.ecOne.jwk(kid: "one")), names: [], addresses: ["127.0.0.1", "::1"])
        #expect(await fixture.verifier.failure(try Self.token(.ecOne, kid: "one")) == .keysUnavailable)
        #expect(fixture.verifier.keySetStatus.first?.lastFailure == .unreachable)
        #expect(fixture.server.requests == 0)
        try await fixture.server.stop()
    }

    @Test(arguments: [(false, "localhost"), (true, "elsewhere.example")])
    func aServerThatCannotProveItself(trusted: Bool, name: String) async throws {
        let fixture = try await Fixture(
            keySet(try TestSigningKey.ecOne.jwk(kid: "one")), trusted: trusted, names: [name])
        #expect(await fixture.verifier.failure(try Self.token(.ecOne, kid: "one")) == .keysUnavailable)
        #expect(fixture.verifier.keySetStatus.first?.lastFailure == .unreachable)
        #expect(fixture.server.requests == 0)
        try await fixture.server.stop()
    }

    @Test(arguments: [
        "http://localhost/keys", "http://127.0.0.1:1/keys", "ftp://example/keys", "keys.json", "", "https://",
        "https://user:word@example/keys", "https://example/keys#x", "https://exa mple/keys",
    ])
    func addressesThatAreRefused(address: String) {
        #expect(throws: IdentityConfigurationError.keySetAddress(issuer: Expected.issuer)) {
            try BearerTokenVerifier(
                issuers: [
                    TokenIssuerConfiguration(
                        issuer: Expected.issuer, tenant: Expected.tenant, audiences: [Expected.audience],
                        keySet: .url(address))
                ], clockSkewSeconds: 60, logger: quietLogger)
        }
    }

    @Test func issuersThatAreRefused() {
        let good = TokenIssuerConfiguration(
            issuer: "i", tenant: "t", audiences: ["a"], keySet: .file(path: "/nowhere"))
        var noTenant = good
        noTenant.tenant = ""
        var noAudience = good
        noAudience.audiences = []
        let table: [([TokenIssuerConfiguration], IdentityConfigurationError)] = [
            ([good, good], .repeatedIssuer("i")), ([noTenant], .emptyValue(issuer: "i", key: "tenant")),
            ([noAudience], .emptyValue(issuer: "i", key: "audiences")),
        ]
        for (issuers, expected) in table {
            #expect(throws: expected) {
                try BearerTokenVerifier(issuers: issuers, clockSkewSeconds: 60, logger: quietLogger)
            }
        }
    }
}
