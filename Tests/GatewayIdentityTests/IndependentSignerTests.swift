import CryptoExtras
import Foundation
import GatewayIdentity
import JWTKit
import PolicyCore
import Testing

/// Tokens made by another implementation, and the traps that its own verifier has.
@Suite struct IndependentSignerTests {
    struct Payload: JWTPayload {
        var iss = Expected.issuer
        var aud = [Expected.audience]
        var tid = Expected.tenant
        var oid = Expected.person
        var sub = "pairwise"
        var scp = "user_impersonation"
        var appid = Expected.client
        var iat = Expected.now - 10
        var nbf = Expected.now - 10
        var exp = Expected.now + 1_000

        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    @Test(arguments: ["RS256", "PS256", "ES256"]) func accepted(algorithm: String) async throws {
        let keys = JWTKeyCollection()
        let publicKey: String
        switch (algorithm, TestSigningKey.rsaOne, TestSigningKey.ecOne) {
        case ("ES256", _, .p256(let key)):
            await keys.add(ecdsa: try ES256PrivateKey(backing: key), kid: "one")
            publicKey = try TestSigningKey.ecOne.jwk(kid: "one")
        case ("PS256", .rsa(let key), _):
            await keys.add(
                pss: try Insecure.RSA.PrivateKey(pem: key.pemRepresentation), digestAlgorithm: .sha256, kid: "one")
            publicKey = try TestSigningKey.rsaOne.jwk(kid: "one")
        case (_, .rsa(let key), _):
            await keys.add(
                rsa: try Insecure.RSA.PrivateKey(pem: key.pemRepresentation), digestAlgorithm: .sha256, kid: "one")
            publicKey = try TestSigningKey.rsaOne.jwk(kid: "one")
        default: return
        }
        let token = try await keys.sign(Payload(), kid: "one")
        let fixture = try FileFixture(keys: keySet(publicKey), algorithms: [.rs256, .ps256, .es256])
        #expect(try await fixture.outcome(token).get().id == Expected.person)
    }

    /// A key without `alg`, as Entra publishes it, must not learn one from the first token that names the key.
    @Test func aForgedAlgorithmDoesNotStick() async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.rsaOne.jwk(kid: "one")))
        for algorithm in ["PS256", "ES256", "RS512", "HS256"] {
            let forged = try TestSigningKey.rsaTwo.token(
                algorithm, header: Expected.header.with("alg", "\"\(algorithm)\""), claims: Expected.personClaims)
            #expect(await fixture.failure(forged) == .unsupportedAlgorithm)
        }
        let good = try TestSigningKey.rsaOne.token("RS256", header: Expected.header, claims: Expected.personClaims)
        #expect(await fixture.failure(good) == nil)
    }

    /// Nor may an unknown `kid` fall back to the only key there is.
    @Test func anUnknownKeyDoesNotFallBack() async throws {
        let fixture = try FileFixture(keys: keySet(try TestSigningKey.rsaOne.jwk(kid: "one")))
        let token = try TestSigningKey.rsaOne.token(
            "RS256", header: Expected.header.with("kid", "\"other\""), claims: Expected.personClaims)
        #expect(await fixture.failure(token) == .unknownKey)
    }
}
