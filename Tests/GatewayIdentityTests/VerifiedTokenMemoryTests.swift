import GatewayIdentity
import PolicyCore
import Testing

@Suite struct VerifiedTokenMemoryTests {
    private static func tokens(_ count: Int) throws -> [String] {
        try (0..<count).map { index in
            try TestSigningKey.ecOne.token(
                "ES256", header: Expected.header.with("alg", "\"ES256\""),
                claims: Expected.personClaims.with("uti", "\"token-\(index)\""))
        }
    }

    @Test func itIsBoundedAndKeepsWhatIsUsed() async throws {
        let fixture = try FileFixture(
            keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")), cacheCapacity: 8)
        let tokens = try Self.tokens(40)
        for token in tokens {
            #expect(await fixture.failure(token) == nil)
            #expect(fixture.verifier.rememberedPrincipal(of: tokens[0], at: Expected.now)?.tokenID == "token-0")
        }
        #expect(fixture.verifier.rememberedTokens == 8)
        let last = fixture.verifier.rememberedPrincipal(of: tokens[39], at: Expected.now)
        #expect(last?.tokenID == "token-39")
        #expect(fixture.verifier.rememberedPrincipal(of: tokens[5], at: Expected.now) == nil)
    }

    @Test func everythingInUseStillMakesRoom() async throws {
        let fixture = try FileFixture(
            keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")), cacheCapacity: 4)
        let tokens = try Self.tokens(12)
        for (index, token) in tokens.enumerated() {
            #expect(await fixture.failure(token) == nil)
            for earlier in tokens.prefix(index + 1) {
                _ = fixture.verifier.rememberedPrincipal(of: earlier, at: Expected.now)
            }
        }
        #expect(fixture.verifier.rememberedTokens == 4)
    }

    @Test func aTokenIsFoundByAllItsBytes() async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        let token = try #require(try Self.tokens(1).first)
        #expect(await fixture.failure(token) == nil)
        #expect(fixture.verifier.rememberedPrincipal(of: token.dropLast(), at: Expected.now) == nil)
        #expect(fixture.verifier.rememberedPrincipal(of: token + "A", at: Expected.now) == nil)
        #expect(fixture.verifier.rememberedPrincipal(of: ("x" + token).dropFirst(), at: Expected.now) != nil)
    }

    @Test func itIsVerifiedAnewAfterAnHour() async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        let token = try TestSigningKey.ecOne.token(
            "ES256", header: Expected.header.with("alg", "\"ES256\""),
            claims: Expected.personClaims.with("exp", "\(Expected.now + 86_400)"))
        #expect(await fixture.failure(token) == nil)
        #expect(fixture.verifier.rememberedPrincipal(of: token, at: Expected.now + 3_599) != nil)
        #expect(fixture.verifier.rememberedPrincipal(of: token, at: Expected.now + 3_600) == nil)
        #expect(await fixture.failure(token, at: Expected.now + 3_600) == nil)
        #expect(fixture.verifier.rememberedPrincipal(of: token, at: Expected.now + 3_600) != nil)
    }
}
