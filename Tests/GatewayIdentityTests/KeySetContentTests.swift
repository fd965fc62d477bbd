import GatewayIdentity
import PolicyCore
import Testing

@Suite struct KeySetContentTests {
    private let token: String

    init() throws {
        self.token = try TestSigningKey.rsaOne.token(
            "RS256", header: Expected.header, claims: Expected.personClaims)
    }

    @Test func entriesThatCannotServeAreLeftOut() async throws {
        let good = try TestSigningKey.rsaOne.jwk(kid: "one")
        let others = [
            "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"kid\":\"e\",\"x\":\"AAAA\"}", "{\"kty\":\"quantum\",\"kid\":\"q\"}",
            "{}", "7", try TestSigningKey.rsaTwo.jwk(kid: "enc", "\"use\":\"enc\""),
            "{\"kty\":\"RSA\",\"kid\":\"n\",\"n\":\"AQ\",\"e\":\"AQAB\"}",
            "{\"kty\":\"EC\",\"crv\":\"P-521\",\"kid\":\"p\"}",
        ]
        let fixture = try FileFixture(keys: keySet((others + [good]).joined(separator: ",")))
        #expect(await fixture.failure(self.token) == nil)
    }

    @Test func keysThatMayNotBeUsed() async throws {
        let usable = try TestSigningKey.ecOne.jwk(kid: "usable")
        let table: [(String, AuthenticationFailure)] = [
            (try TestSigningKey.rsaOne.jwk(kid: "one", "\"use\":\"enc\""), .unknownKey),
            (try TestSigningKey.rsaOne.jwk(kid: "one", "\"key_ops\":[\"encrypt\"]"), .unknownKey),
            (try TestSigningKey.rsaOne.jwk(kid: "one", "\"alg\":\"RSA-OAEP\""), .unknownKey),
            (try TestSigningKey.rsaOne.jwk(kid: "one", "\"alg\":\"ES256\""), .unknownKey),
            (try TestSigningKey.rsaOne.jwk(kid: "one", "\"alg\":\"PS256\""), .unsupportedAlgorithm),
            (try TestSigningKey.rsaOne.jwk(kid: "one", "\"d\":\"AQAB\""), .unknownKey),
            (try TestSigningKey.rsaOne.jwk(kid: nil), .unknownKey),
            (try TestSigningKey.rsaTwo.jwk(kid: "one"), .badSignature),
            (try TestSigningKey.ecOne.jwk(kid: "one"), .unsupportedAlgorithm),
        ]
        for (key, expected) in table {
            let fixture = try FileFixture(keys: keySet(key, usable))
            #expect(await fixture.failure(self.token) == expected, "\(key.prefix(60))")
        }
    }

    @Test func aShortRSAKeyIsRefused() async throws {
        let fixture = try FileFixture(
            keys: keySet(try TestSigningKey.rsaShort.jwk(kid: "one"), try TestSigningKey.ecOne.jwk(kid: "usable")))
        let token = try TestSigningKey.rsaShort.token(
            "RS256", header: Expected.header, claims: Expected.personClaims)
        #expect(await fixture.failure(token) == .unknownKey)
    }

    @Test func twoKeysUnderOneIDAreBothTried() async throws {
        let fixture = try FileFixture(
            keys: keySet(
                try TestSigningKey.ecOne.jwk(kid: "one"), try TestSigningKey.rsaTwo.jwk(kid: "one"),
                try TestSigningKey.rsaOne.jwk(kid: "one"), try TestSigningKey.rsaOne.jwk(kid: "one")))
        #expect(await fixture.failure(self.token) == nil)
        let stranger = try TestSigningKey.ecTwo.token(
            "ES256", header: Expected.header.with("alg", "\"ES256\""), claims: Expected.personClaims)
        #expect(await fixture.failure(stranger) == .badSignature)
    }

    @Test(arguments: [
        "", "{}", "[]", "{\"keys\":{}}", "{\"keys\":[]}", "{\"keys\":[],\"keys\":[]}", "not json",
        "{\"keys\":[{\"kty\":\"RSA\"}]}", "{\"keys\":[{\"kty\":\"RSA\",\"kty\":\"RSA\"}]}",
    ])
    func aSetThatIsNone(text: String) async throws {
        let fixture = try FileFixture(keys: text)
        #expect(await fixture.failure(self.token) == .keysUnavailable)
        #expect(!fixture.verifier.isReady)
        let reason = fixture.verifier.keySetStatus.first?.lastFailure
        #expect(reason == .malformed || reason == .noUsableKey)
    }
}
