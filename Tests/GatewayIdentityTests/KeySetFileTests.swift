import Foundation
import GatewayIdentity
import GatewayTestSupport
import PolicyCore
import Testing

@Suite struct KeySetFileTests {
    private let one: String
    private let two: String

    init() throws {
        let header = Expected.header.with("alg", "\"ES256\"")
        self.one = try TestSigningKey.ecOne.token("ES256", header: header, claims: Expected.personClaims)
        self.two = try TestSigningKey.ecTwo.token(
            "ES256", header: header.with("kid", "\"two\""), claims: Expected.personClaims)
    }

    @Test func aChangedFileIsReadAgainAndAGoneKeyTakesItsTokensAlong() async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        #expect(await fixture.failure(self.one) == nil)
        #expect(fixture.verifier.rememberedPrincipal(of: self.one, at: Expected.now) != nil)

        try fixture.write(keys: keySet(try TestSigningKey.ecTwo.jwk(kid: "two")))
        #expect(fixture.verifier.rememberedPrincipal(of: self.one, at: Expected.now) != nil)
        fixture.clock.advance(.seconds(31))
        await fixture.verifier.loadKeySets()
        await fixture.verifier.settle()
        #expect(fixture.verifier.rememberedPrincipal(of: self.one, at: Expected.now) == nil)
        #expect(await fixture.failure(self.one) == .unknownKey)
        #expect(await fixture.failure(self.two) == nil)
    }

    @Test func aKeyThatStaysKeepsItsTokens() async throws {
        let key = try TestSigningKey.ecOne.jwk(kid: "one")
        let fixture = try FileFixture(keys: keySet(key))
        #expect(await fixture.failure(self.one) == nil)
        try fixture.write(keys: keySet(try TestSigningKey.ecTwo.jwk(kid: "two"), key))
        #expect(await fixture.failure(self.two) == nil)
        #expect(fixture.verifier.rememberedPrincipal(of: self.one, at: Expected.now) != nil)
    }

    @Test func aKeyReplacedUnderItsOwnIDTakesItsTokensAlong() async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        #expect(await fixture.failure(self.one) == nil)
        try fixture.write(keys: keySet(try TestSigningKey.ecTwo.jwk(kid: "one")))
        fixture.clock.advance(.seconds(31))
        await fixture.verifier.loadKeySets()
        await fixture.verifier.settle()
        #expect(await fixture.failure(self.one) == .badSignature)
    }

    @Test func aMissingFileIsUnavailableUntilItIsThere() async throws {
        let fixture = try FileFixture(keys: "")
        try FileManager.default.removeItem(atPath: fixture.directory.path("keys.json"))
        #expect(await fixture.failure(self.one) == .keysUnavailable)
        #expect(fixture.verifier.keySetStatus.first?.lastFailure == .unreadableFile)
        try fixture.write(keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        // Not tried again at once, however many ask.
        #expect(await fixture.failure(self.one) == .keysUnavailable)
        fixture.clock.advance(.seconds(6))
        #expect(await fixture.failure(self.one) == nil)
        #expect(fixture.verifier.isReady)
    }

    @Test func anEnormousFileIsRefused() async throws {
        let fixture = try FileFixture(keys: String(repeating: " ", count: 1_048_577))
        #expect(await fixture.failure(self.one) == .keysUnavailable)
        #expect(fixture.verifier.keySetStatus.first?.lastFailure == .tooLarge)
    }
}
