import GatewayIdentity
import GatewayTestSupport
import PolicyCore
import Testing

@Suite struct AuthenticatorTests {
    private let fixture: FileFixture
    private let authenticator: Authenticator
    private let token: String
    private let certificate = CertificateIdentity(
        uriNames: ["spiffe://contoso/runner"], dnsNames: ["runner.example"], sha256: "00")

    init() throws {
        self.fixture = try FileFixture(keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        self.authenticator = Authenticator(tokens: self.fixture.verifier)
        self.token = try TestSigningKey.ecOne.token(
            "ES256", header: Expected.header.with("alg", "\"ES256\""), claims: Expected.personClaims)
    }

    private func ask(
        _ headers: [String], _ certificate: CertificateIdentity? = nil
    ) async -> Result<Principal, AuthenticationFailure> {
        await self.authenticator.authenticate(
            authorizationHeaders: headers, certificate: certificate, now: Expected.now)
    }

    @Test func headersThatNameNobody() async {
        let table: [([String], AuthenticationFailure)] = [
            ([], .missing), ([""], .unsupportedScheme), (["Bearer"], .malformed), (["Bearer "], .malformed),
            (["Bearer   "], .malformed), (["Basic dTpw"], .unsupportedScheme), ([self.token], .unsupportedScheme),
            (["Bearer\t\(self.token)"], .unsupportedScheme), (["Bearer: \(self.token)"], .unsupportedScheme),
            ([" Bearer \(self.token)"], .unsupportedScheme), (["Bearer \(self.token),x"], .malformed),
            (["Bearer \(self.token) x"], .malformed), (["Bearer \(self.token), Bearer \(self.token)"], .malformed),
            (["Bearer \(self.token)", "Bearer \(self.token)"], .repeatedHeader), (["", ""], .repeatedHeader),
        ]
        for (headers, expected) in table {
            #expect(await self.ask(headers) == .failure(expected), "\(headers)")
            // A certificate beside it does not help, but for the first, where there is no token at all.
            if !headers.isEmpty { #expect(await self.ask(headers, self.certificate) == .failure(expected)) }
        }
    }

    @Test(arguments: ["Bearer ", "bearer ", "BEARER ", "Bearer   "]) func theScheme(prefix: String) async throws {
        let principal = try await self.ask([prefix + self.token]).get()
        #expect(principal.id == Expected.person)
        #expect(principal.certificate == nil)
    }

    @Test func aCertificateBesideATokenIsOnlyAdded() async throws {
        for _ in 0..<2 {
            let both = try await self.ask(["Bearer " + self.token], self.certificate).get()
            #expect(both.kind == .user)
            #expect(both.id == Expected.person)
            #expect(both.certificate == self.certificate)
            // What one connection's certificate added is not remembered for another.
            #expect(try await self.ask(["Bearer " + self.token]).get().certificate == nil)
        }
    }

    @Test func aCertificateAlone() async throws {
        let principal = try await self.ask([], self.certificate).get()
        #expect(
            principal
                == Principal(kind: .certificate, id: "spiffe://contoso/runner", certificate: self.certificate))
        var named = self.certificate
        named.uriNames = []
        #expect(try await self.ask([], named).get().id == "runner.example")
        named.dnsNames = []
        #expect(await self.ask([], named) == .failure(.unusableCertificate))
    }

    @Test func atOnceAnswersWhatNeedsNoWaiting() async throws {
        func atOnce(
            _ headers: [String], _ certificate: CertificateIdentity? = nil, now: Int64 = Expected.now
        ) -> Result<Principal, AuthenticationFailure>? {
            self.authenticator.authenticateAtOnce(
                authorizationHeaders: headers, certificate: certificate, now: now)
        }
        #expect(atOnce(["Bearer " + self.token]) == nil)
        _ = try await self.ask(["bearer " + self.token]).get()
        #expect(try atOnce(["Bearer " + self.token], self.certificate)?.get().certificate == self.certificate)
        #expect(atOnce(["Bearer " + self.token], now: Expected.now + 3_660) == nil, "expired: asked again, refused")
        #expect(atOnce([]) == .failure(.missing))
        #expect(atOnce(["Basic x"], self.certificate) == .failure(.unsupportedScheme))
        #expect(try atOnce([], self.certificate)?.get().kind == .certificate)
    }

    @Test func keysThatAreNotThereAreNotTheCallersFault() async throws {
        let broken = try FileFixture(keys: "")
        let answer = await Authenticator(tokens: broken.verifier).authenticate(
            authorizationHeaders: ["Bearer " + self.token], certificate: self.certificate, now: Expected.now)
        #expect(answer == .failure(.keysUnavailable))
    }

    @Test func withoutIssuersOnlyCertificatesCount() async throws {
        let verifier = try BearerTokenVerifier(issuers: [], clockSkewSeconds: 60, logger: quietLogger)
        #expect(verifier.isReady)
        let authenticator = Authenticator(tokens: verifier)
        #expect(
            await authenticator.authenticate(
                authorizationHeaders: ["Bearer " + self.token], certificate: self.certificate, now: Expected.now)
                == .failure(.unknownIssuer))
    }
}
