import Crypto
import CryptoExtras
import Foundation
import GatewayIdentity
import PolicyCore
import Testing

@Suite struct TokenRefusalTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var header = Expected.header
        var claims = Expected.personClaims
        var failure: AuthenticationFailure

        init(
            _ what: String, _ failure: AuthenticationFailure, header: RawObject = Expected.header,
            claims: RawObject = Expected.personClaims
        ) {
            self.testDescription = what
            self.failure = failure
            self.header = header
            self.claims = claims
        }
    }

    /// Every one of these is properly signed by the issuer's key.
    static let refusals: [Refusal] = {
        let header = Expected.header
        let claims = Expected.personClaims
        let now = Expected.now
        return [
            Refusal("crit", .criticalHeader, header: header.with("crit", "[\"exp\"]")),
            Refusal("empty crit", .criticalHeader, header: header.with("crit", "[]")),
            Refusal("unencoded payload", .criticalHeader, header: header.with("b64", "false")),
            Refusal("compressed", .criticalHeader, header: header.with("zip", "\"DEF\"")),
            Refusal("another type", .malformed, header: header.with("typ", "\"logout+jwt\"")),
            Refusal("type no string", .malformed, header: header.with("typ", "1")),
            Refusal("no alg", .malformed, header: header.without("alg")),
            Refusal("alg in other case", .unsupportedAlgorithm, header: header.with("alg", "\"rs256\"")),
            Refusal("alg RS512", .unsupportedAlgorithm, header: header.with("alg", "\"RS512\"")),
            Refusal("alg ES256 of an RSA key", .unsupportedAlgorithm, header: header.with("alg", "\"ES256\"")),
            Refusal("alg PS256 not configured", .unsupportedAlgorithm, header: header.with("alg", "\"PS256\"")),
            Refusal("alg none", .unsupportedAlgorithm, header: header.with("alg", "\"none\"")),
            Refusal("no kid", .unknownKey, header: header.without("kid")),
            Refusal("unknown kid", .unknownKey, header: header.with("kid", "\"two\"")),
            Refusal("empty kid", .unknownKey, header: header.with("kid", "\"\"")),
            Refusal("kid no string", .malformed, header: header.with("kid", "7")),
            Refusal("repeated kid", .malformed, header: header.adding("kid", "\"one\"")),
            Refusal("repeated alg", .malformed, header: header.adding("alg", "\"none\"")),
            Refusal("repeated exp", .malformed, claims: claims.adding("exp", "\(now + 9_999)")),
            Refusal("repeated oid", .malformed, claims: claims.adding("oid", "\"somebody-else\"")),
            Refusal("repeated under escape", .malformed, claims: claims.adding("\\u006fid", "\"x\"")),
            Refusal("wrong issuer", .unknownIssuer, claims: claims.with("iss", "\"https://sts.example/other/\"")),
            Refusal(
                "issuer without slash", .unknownIssuer, claims: claims.with("iss", "\"https://sts.example/tenant-1\"")),
            Refusal("no issuer", .malformed, claims: claims.without("iss")),
            Refusal("issuers as a list", .malformed, claims: claims.with("iss", "[\"\(Expected.issuer)\"]")),
            Refusal("wrong audience", .wrongAudience, claims: claims.with("aud", "\"https://graph.microsoft.com\"")),
            Refusal("no audience", .wrongAudience, claims: claims.without("aud")),
            Refusal("another tenant", .wrongTenant, claims: claims.with("tid", "\"tenant-2\"")),
            Refusal("no tenant", .wrongTenant, claims: claims.without("tid")),
            Refusal("tenant null", .malformed, claims: claims.with("tid", "null")),
            Refusal("no oid", .missingObjectID, claims: claims.without("oid")),
            Refusal("empty oid", .missingObjectID, claims: claims.with("oid", "\"\"")),
            Refusal("oid with a slash", .missingObjectID, claims: claims.with("oid", "\"tenant/x\"")),
            Refusal("oid with a line break", .missingObjectID, claims: claims.with("oid", "\"a\\nb\"")),
            Refusal("oid no string", .malformed, claims: claims.with("oid", "[\"a\"]")),
            Refusal("expired", .expired, claims: claims.with("exp", "\(now - 61)")),
            Refusal("no exp", .malformed, claims: claims.without("exp")),
            Refusal("exp as text", .malformed, claims: claims.with("exp", "\"\(now + 60)\"")),
            Refusal("exp fractional", .malformed, claims: claims.with("exp", "\(now).5")),
            Refusal("exp with exponent", .malformed, claims: claims.with("exp", "2e9")),
            Refusal("exp negative", .malformed, claims: claims.with("exp", "-1")),
            Refusal("exp enormous", .malformed, claims: claims.with("exp", "9223372036854775807")),
            Refusal("exp over 64 bits", .malformed, claims: claims.with("exp", "99999999999999999999")),
            Refusal("not yet valid", .notYetValid, claims: claims.with("nbf", "\(now + 61)")),
            Refusal("issued tomorrow", .notYetValid, claims: claims.with("iat", "\(now + 86_400)")),
            Refusal("nbf as text", .malformed, claims: claims.with("nbf", "\"0\"")),
            Refusal("scp as a list", .malformed, claims: claims.with("scp", "[\"user_impersonation\"]")),
            Refusal("groups as text", .malformed, claims: claims.with("groups", "\"g\"")),
            Refusal("groups of numbers", .malformed, claims: claims.with("groups", "[1]")),
            Refusal("claim names no object", .malformed, claims: claims.with("_claim_names", "\"groups\"")),
            Refusal("two clients", .malformed, claims: claims.with("azp", "\"another\"")),
            Refusal("id token: no client", .idToken, claims: claims.without("appid")),
            Refusal("id token: nonce", .idToken, claims: claims.with("nonce", "\"n\"")),
            Refusal("id token: at_hash", .idToken, claims: claims.with("at_hash", "\"n\"")),
            Refusal("id token: typ", .idToken, claims: claims.with("typ", "\"ID\"")),
            Refusal("bound to a key", .boundToken, claims: claims.with("cnf", "{\"jkt\":\"x\"}")),
            Refusal("claims nested too deep", .malformed, claims: claims.with("x", "[[[[[[[[[[1]]]]]]]]]]")),
        ]
    }()

    @Test(arguments: Self.refusals) func refused(_ refusal: Refusal) async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.rsaOne.jwk(kid: "one")))
        let token = try TestSigningKey.rsaOne.token("RS256", header: refusal.header, claims: refusal.claims)
        #expect(await fixture.failure(token) == refusal.failure)
        #expect(fixture.verifier.rememberedTokens == 0)
    }

    @Test func timesAtTheEdgeOfTheSkew() async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        let now = Expected.now
        let claims = Expected.personClaims.with("nbf", "\(now)").with("iat", "\(now)").with("exp", "\(now + 100)")
        let token = try TestSigningKey.ecOne.token(
            "ES256", header: Expected.header.with("alg", "\"ES256\""), claims: claims)
        // In this order the later ones are answered from memory too: times are asked at every use.
        let table: [(Int64, AuthenticationFailure?)] = [
            (-61, .notYetValid), (-60, nil), (0, nil), (159, nil), (160, .expired), (-61, .notYetValid), (159, nil),
        ]
        for (offset, expected) in table {
            #expect(await fixture.failure(token, at: now + offset) == expected, "\(offset)")
        }
    }

    @Test func tokensOfTheWrongShape() async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.rsaOne.jwk(kid: "one")))
        let good = try TestSigningKey.rsaOne.token("RS256", header: Expected.header, claims: Expected.personClaims)
        let parts = good.split(separator: ".").map(String.init)
        let none = base64URL(Data(Expected.header.with("alg", "\"none\"").text.utf8))
        let table: [(String, AuthenticationFailure)] = [
            ("", .malformed), (".", .malformed), ("..", .malformed), ("x", .malformed), ("a.b.c", .malformed),
            (parts[0] + "." + parts[1], .malformed), (good + ".", .malformed), ("." + good, .malformed),
            (good + "=", .malformed), (good + " ", .malformed), (" " + good, .malformed), (good + "\n", .malformed),
            (good + "\u{0}", .malformed), (good + "é", .malformed),
            (good.replacingOccurrences(of: ".", with: ","), .malformed),
            (parts[0] + "." + parts[1] + ".", .badSignature), (none + "." + parts[1] + ".", .unsupportedAlgorithm),
            (none + "." + parts[1] + "." + parts[2], .unsupportedAlgorithm),
            (base64URL(Data("[]".utf8)) + "." + parts[1] + "." + parts[2], .malformed),
            (base64URL(Data("{\"alg\":\"RS256\"".utf8)) + "." + parts[1] + "." + parts[2], .malformed),
            (parts[0] + "." + base64URL(Data("\"text\"".utf8)) + "." + parts[2], .malformed),
            (parts[0] + "." + base64URL(Data([0xEF, 0xBB, 0xBF]) + Data("{}".utf8)) + "." + parts[2], .malformed),
            (parts[0] + "." + base64URL(Data([0x22, 0xFF, 0x22])) + "." + parts[2], .malformed),
            (String(repeating: "a", count: 16_385), .tooLarge),
        ]
        for (token, expected) in table {
            #expect(await fixture.failure(token) == expected, "\(token.prefix(40))")
        }
        #expect(await fixture.failure(good) == nil)
    }

    @Test func aSecondSpellingOfTheSameBytesIsRefused() async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.rsaOne.jwk(kid: "one")))
        // 256 bytes of signature leave four unused bits in the last character.
        let good = try TestSigningKey.rsaOne.token("RS256", header: Expected.header, claims: Expected.personClaims)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let last = try #require(good.last.flatMap { alphabet.firstIndex(of: $0) })
        #expect(last % 16 == 0)
        #expect(await fixture.failure(good.dropLast() + String(alphabet[last + 1])) == .malformed)
    }

    @Test func anythingChangedBreaksTheSignature() async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        let header = Expected.header.with("alg", "\"ES256\"")
        let good = try TestSigningKey.ecOne.token("ES256", header: header, claims: Expected.personClaims)
        let parts = good.split(separator: ".").map(String.init)
        let other = base64URL(Data(Expected.personClaims.with("oid", "\"root\"").text.utf8))
        #expect(await fixture.failure(parts[0] + "." + other + "." + parts[2]) == .badSignature)
        let otherHeader = base64URL(Data(header.with("x", "1").text.utf8))
        #expect(await fixture.failure(otherHeader + "." + parts[1] + "." + parts[2]) == .badSignature)
        for length in [0, 1, 63, 65, 128] {
            let signature = base64URL(Data(repeating: 0, count: length))
            #expect(await fixture.failure(parts[0] + "." + parts[1] + "." + signature) == .badSignature, "\(length)")
        }
        let zeros = base64URL(Data(repeating: 0, count: 64))
        #expect(await fixture.failure(parts[0] + "." + parts[1] + "." + zeros) == .badSignature)
        let stranger = try TestSigningKey.ecTwo.token("ES256", header: header, claims: Expected.personClaims)
        #expect(await fixture.failure(stranger) == .badSignature)
    }

    @Test func aSharedSecretMadeOfThePublicKeyIsRefused() async throws {
        guard case .rsa(let key) = TestSigningKey.rsaOne else { return }
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.rsaOne.jwk(kid: "one")))
        for secret in [Data(key.publicKey.pemRepresentation.utf8), key.publicKey.derRepresentation] {
            let header = Expected.header.with("alg", "\"HS256\"")
            let signed = base64URL(Data(header.text.utf8)) + "." + base64URL(Data(Expected.personClaims.text.utf8))
            let code = HMAC<SHA256>.authenticationCode(for: Data(signed.utf8), using: SymmetricKey(data: secret))
            #expect(await fixture.failure(signed + "." + base64URL(Data(code))) == .unsupportedAlgorithm)
        }
    }

    @Test func aKeyInTheHeaderIsNotBelieved() async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.ecOne.jwk(kid: "one")))
        let header = Expected.header.with("alg", "\"ES256\"").with("jwk", try TestSigningKey.ecTwo.jwk(kid: "one"))
            .with("jku", "\"https://evil.example/keys\"")
        let token = try TestSigningKey.ecTwo.token("ES256", header: header, claims: Expected.personClaims)
        #expect(await fixture.failure(token) == .badSignature)
    }

    @Test func descriptionsAreThereAndQuoteNothing() {
        let texts = AuthenticationFailure.allCases.map(\.description)
        #expect(Set(texts).count == texts.count)
        #expect(texts.allSatisfy { $0.hasSuffix(".") && !$0.contains("\"") })
        #expect(AuthenticationFailure.allCases.filter(\.isUnavailable) == [.keysUnavailable])
    }
}
