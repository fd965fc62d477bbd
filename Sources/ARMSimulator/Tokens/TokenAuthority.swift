import Crypto
import CryptoExtras
import Foundation
import Synchronization

/// Issues RS256 tokens that look like Entra's and checks those that come back. Its key is made at the start.
final class TokenAuthority: Sendable {
    /// Audiences that ARM takes.
    static let audiences: Set<String> = [
        "https://management.azure.com", "https://management.azure.com/", "https://management.core.windows.net",
        "https://management.core.windows.net/",
    ]
    static let lifetime = 3_600

    private let configuration: SimulatorConfiguration
    private let key: _RSA.Signing.PrivateKey
    private let keyID: String
    private let accepted = Mutex<[String: Int]>([:])

    init(_ configuration: SimulatorConfiguration) throws {
        self.configuration = configuration
        self.key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        self.keyID = Base64URL.text(Array(SHA256.hash(data: self.key.publicKey.derRepresentation).prefix(20)))
    }

    func issuer(tenant: String) -> String {
        self.configuration.issuerTemplate.replacingOccurrences(of: "{tenant}", with: tenant)
    }

    /// The key set, without `alg`, as Entra publishes it.
    func keySet() throws -> SimulatorJSON {
        let numbers = try self.key.publicKey.getKeyPrimitives()
        return [
            "keys": [
                [
                    "kty": "RSA", "use": "sig", "kid": .string(self.keyID), "x5t": .string(self.keyID),
                    "n": .string(Base64URL.text(Array(numbers.modulus))),
                    "e": .string(Base64URL.text(Array(numbers.publicExponent))),
                ]
            ]
        ]
    }

    /// A token whose claims are Entra's usual ones with those given laid over: null removes one.
    ///
    /// `expiresIn` counts seconds from now and is no claim itself; without `scp` the token is an application's.
    func mint(
        claims: SimulatorJSON, header: SimulatorJSON = .object([]), signing: SimulatorTokenSigning = .issuerKey
    ) throws -> String {
        let now = Int(Date().timeIntervalSince1970)
        let given = claims.members ?? []
        let tenant = claims["tid"]?.string ?? self.configuration.tenant
        let isPerson = (claims["scp"]?.string ?? "").isEmpty == false
        let object = claims["oid"]?.string ?? "44444444-4444-4444-4444-444444444444"
        let lifetime = claims["expiresIn"]?.int ?? Self.lifetime
        var members: [SimulatorJSON.Member] = [
            .init("aud", "https://management.azure.com/"), .init("iss", .string(self.issuer(tenant: tenant))),
            .init("iat", .number(String(now))), .init("nbf", .number(String(now))),
            .init("exp", .number(String(now + lifetime))), .init("aio", .string(Self.random(12))),
            .init("appid", isPerson ? "04b07795-8ddb-461a-bbee-02f9e1bf7b46" : "55555555-5555-5555-5555-555555555555"),
            .init("appidacr", isPerson ? "0" : "1"), .init("idp", .string(self.issuer(tenant: tenant))),
            .init("idtyp", isPerson ? "user" : "app"), .init("oid", .string(object)),
            .init("rh", .string(Self.random(24))),
            .init("sub", .string(isPerson ? Self.random(32) : object)), .init("tid", .string(tenant)),
            .init("uti", .string(Self.random(16))), .init("ver", "1.0"),
        ]
        for claim in given where claim.name != "expiresIn" {
            members.removeAll { $0.name == claim.name }
            if claim.value != .null { members.append(claim) }
        }
        return try self.sign(.object(members), header: header, signing)
    }

    private func sign(_ claims: SimulatorJSON, header: SimulatorJSON, _ signing: SimulatorTokenSigning) throws -> String
    {
        var members: [SimulatorJSON.Member] = [
            .init("typ", "JWT"), .init("alg", signing == .unsigned ? "none" : "RS256"),
        ]
        if signing != .unsigned {
            members += [
                .init("x5t", .string(self.keyID)),
                .init("kid", signing == .unknownKey ? "unknown" : .string(self.keyID)),
            ]
        }
        for change in header.members ?? [] {
            members.removeAll { $0.name == change.name }
            if change.value != .null { members.append(change) }
        }
        let text = "\(Base64URL.text(SimulatorJSON.object(members).bytes)).\(Base64URL.text(claims.bytes))"
        if signing == .unsigned { return "\(text)." }
        // Any key that the key set does not hold will do for tokens that must be refused.
        let isOurs = signing == .issuerKey || signing == .damaged
        let key = isOurs ? self.key : try _RSA.Signing.PrivateKey(keySize: .bits2048)
        var signature = Array(
            try key.signature(for: SHA256.hash(data: Data(text.utf8)), padding: .insecurePKCS1v1_5).rawRepresentation)
        if signing == .damaged { signature[0] ^= 0x55 }
        return "\(text).\(Base64URL.text(signature))"
    }

    /// Why ARM would refuse the token, or nil.
    func problem(with token: String) -> String? {
        let now = Int(Date().timeIntervalSince1970)
        if let until = self.accepted.withLock({ $0[token] }), until > now { return nil }
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let headerBytes = Base64URL.bytes(parts[0]), let claimBytes = Base64URL.bytes(parts[1]),
            let signature = Base64URL.bytes(parts[2]), let header = try? LenientJSONReader.read(headerBytes),
            let claims = try? LenientJSONReader.read(claimBytes)
        else { return "The access token is invalid." }
        let signed = SHA256.hash(data: Data("\(parts[0]).\(parts[1])".utf8))
        guard header["alg"]?.string == "RS256", header["kid"]?.string == self.keyID,
            self.key.publicKey.isValidSignature(
                .init(rawRepresentation: Data(signature)), for: signed, padding: .insecurePKCS1v1_5)
        else { return "The signature of the access token is invalid." }
        guard let expiry = claims["exp"]?.int, expiry > now else { return "The access token expiry is in the past." }
        guard let start = claims["nbf"]?.int, start <= now + 300 else { return "The access token is not valid yet." }
        guard Self.audiences.contains(claims["aud"]?.string ?? "") else {
            return "The access token has been obtained for wrong audience or resource."
        }
        guard let tenant = claims["tid"]?.string, claims["iss"]?.string == self.issuer(tenant: tenant) else {
            return "The access token is from the wrong issuer."
        }
        self.accepted.withLock { known in
            if known.count > 1_000 { known.removeAll() }
            known[token] = expiry
        }
        return nil
    }

    private static func random(_ count: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return Base64URL.text((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
}

/// How a minted token is signed: well, or in one of the ways that a verifier must refuse.
package enum SimulatorTokenSigning: String, Sendable, CaseIterable {
    /// By the key of the key set.
    case issuerKey = "valid"
    /// `alg: none` and no signature.
    case unsigned = "none"
    /// By a key that nobody knows, under a `kid` that nobody knows.
    case unknownKey
    /// By a key that nobody knows, under the known `kid`.
    case forged
    /// By the right key, with a bit of the signature turned.
    case damaged
}
