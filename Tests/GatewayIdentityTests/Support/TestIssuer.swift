import Crypto
import CryptoExtras
import Foundation

/// JSON members as text, so that a test can write what an encoder would not: repeated names, wrong types.
struct RawObject: Sendable {
    var members: [(name: String, json: String)]

    init(_ members: [(name: String, json: String)]) { self.members = members }

    func with(_ name: String, _ json: String) -> RawObject {
        var copy = self.without(name)
        copy.members.append((name, json))
        return copy
    }

    /// Beside a member of the same name, if there is one.
    func adding(_ name: String, _ json: String) -> RawObject { RawObject(self.members + [(name, json)]) }

    func without(_ names: String...) -> RawObject { RawObject(self.members.filter { !names.contains($0.name) }) }

    var text: String { "{" + self.members.map { "\"\($0.name)\":\($0.json)" }.joined(separator: ",") + "}" }
}

/// A private key of a test's issuer.
enum TestSigningKey: Sendable {
    case rsa(_RSA.Signing.PrivateKey)
    case p256(P256.Signing.PrivateKey)

    // Made once: an RSA key takes a while.
    static let rsaOne = TestSigningKey.makeRSA(2_048)
    static let rsaTwo = TestSigningKey.makeRSA(2_048)
    static let rsaShort = TestSigningKey.makeRSA(1_024)
    static let ecOne = TestSigningKey.p256(P256.Signing.PrivateKey())
    static let ecTwo = TestSigningKey.p256(P256.Signing.PrivateKey())

    private static func makeRSA(_ bits: Int) -> TestSigningKey {
        guard let key = try? _RSA.Signing.PrivateKey(unsafeKeySize: .init(bitCount: bits)) else {
            fatalError("no RSA key could be made")
        }
        return .rsa(key)
    }

    /// Its entry in a key set; `extra` are further members.
    func jwk(kid: String?, _ extra: String = "\"use\":\"sig\"") throws -> String {
        let id = kid.map { "\"kid\":\"\($0)\"," } ?? ""
        switch self {
        case .rsa(let key):
            let numbers = try key.publicKey.getKeyPrimitives()
            return "{\"kty\":\"RSA\",\(id)\(extra),\"n\":\"\(base64URL(numbers.modulus))\","
                + "\"e\":\"\(base64URL(numbers.publicExponent))\"}"
        case .p256(let key):
            let point = key.publicKey.rawRepresentation
            return "{\"kty\":\"EC\",\"crv\":\"P-256\",\(id)\(extra),\"x\":\"\(base64URL(point.prefix(32)))\","
                + "\"y\":\"\(base64URL(point.suffix(32)))\"}"
        }
    }

    /// Signs by any algorithm of ours, whatever the header says.
    func signature(_ algorithm: String, over text: String) throws -> Data {
        let digest = SHA256.hash(data: Data(text.utf8))
        switch (self, algorithm) {
        case (.rsa(let key), "PS256"): return try key.signature(for: digest, padding: .PSS).rawRepresentation
        case (.rsa(let key), _): return try key.signature(for: digest, padding: .insecurePKCS1v1_5).rawRepresentation
        case (.p256(let key), _): return try key.signature(for: digest).rawRepresentation
        }
    }

    func token(_ algorithm: String, header: RawObject, claims: RawObject) throws -> String {
        let signed = base64URL(Data(header.text.utf8)) + "." + base64URL(Data(claims.text.utf8))
        return signed + "." + base64URL(try self.signature(algorithm, over: signed))
    }
}

func base64URL(_ bytes: some DataProtocol) -> String {
    Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-")
        .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
}

func keySet(_ keys: String...) -> String { "{\"keys\":[\(keys.joined(separator: ","))]}" }
