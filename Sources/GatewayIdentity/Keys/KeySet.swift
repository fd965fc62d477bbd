import Crypto
import CryptoExtras
import Foundation
import Redaction
import StrictJSON

/// An issuer's key set as last loaded: the keys that can check our algorithms, by `kid`.
///
/// What cannot serve is left out rather than failing the set, since issuers add kinds of keys without notice: unknown
/// types and curves, keys for encryption, keys without `kid`, RSA under 2,048 or over 8,192 bits, broken numbers.
struct KeySet: Sendable {
    /// More than one key under a `kid` is legal (RFC 7517 §4.5); the signature then decides which it was.
    private(set) var keys: [String: [VerificationKey]] = [:]
    /// How many entries were left out.
    private(set) var ignored = 0

    static let maximumBytes = 1_048_576
    private static let maximumKeys = 256
    /// Bounds the work that an unknown signature can cause.
    private static let maximumKeysOfOneID = 4
    private static let limits = JSONLimits(bytes: maximumBytes, depth: 16, members: 4_096, stringBytes: 65_536)

    init(json bytes: [UInt8]) throws(KeySetFailure) {
        let document: JSONNode
        do throws(JSONError) {
            document = try JSONReader.read(bytes, limits: Self.limits, names: .refuseIdentical)
        } catch {
            throw .malformed
        }
        guard let entries = document["keys"]?.array, entries.count <= Self.maximumKeys else { throw .malformed }
        for entry in entries {
            guard let key = Self.key(from: entry) else {
                self.ignored += 1
                continue
            }
            var same = self.keys[key.id, default: []]
            if same.contains(where: { $0.isSame(as: key) }) { continue }
            guard same.count < Self.maximumKeysOfOneID else {
                self.ignored += 1
                continue
            }
            same.append(key)
            self.keys[key.id] = same
        }
        // A set without one usable key would lock everybody out; it is taken for a broken answer.
        guard !self.keys.isEmpty else { throw .noUsableKey }
    }

    /// Takes over the key objects that stay, so that tokens verified with them go on counting, and retires the rest.
    mutating func supersede(_ old: KeySet) {
        var staying: Set<ObjectIdentifier> = []
        for (id, list) in self.keys {
            self.keys[id] = list.map { new in
                guard let known = old.keys[id]?.first(where: { $0.isSame(as: new) }) else { return new }
                staying.insert(ObjectIdentifier(known))
                return known
            }
        }
        for key in old.keys.values.joined() where !staying.contains(ObjectIdentifier(key)) { key.retire() }
    }

    /// Which key objects it holds; a key that stayed keeps its object.
    var identities: Set<ObjectIdentifier> { Set(self.keys.values.joined().map { ObjectIdentifier($0) }) }

    func retireAll() {
        for key in self.keys.values.joined() { key.retire() }
    }

    private static func key(from entry: JSONNode) -> VerificationKey? {
        guard let type = entry["kty"]?.string, let id = entry["kid"]?.string, !id.isEmpty, id.utf8.count <= 256,
            self.isForSigning(entry)
        else { return nil }
        var declared: SigningAlgorithm?
        if let algorithm = entry["alg"] {
            guard let name = algorithm.string, let known = SigningAlgorithm(rawValue: name) else { return nil }
            declared = known
        }
        let key: VerificationKey?
        switch type {
        case "RSA": key = self.rsaKey(from: entry, id: id, declared: declared)
        case "EC": key = self.p256Key(from: entry, id: id, declared: declared)
        default: key = nil
        }
        guard let key, declared.map({ key.supports($0) }) ?? true else { return nil }
        return key
    }

    private static func isForSigning(_ entry: JSONNode) -> Bool {
        // A private key that is published is nobody's any more.
        if entry["d"] != nil { return false }
        if let use = entry["use"], use.string != "sig" { return false }
        if let operations = entry["key_ops"] {
            guard let names = operations.array, names.contains(where: { $0.string == "verify" }) else { return false }
        }
        return true
    }

    private static func rsaKey(from entry: JSONNode, id: String, declared: SigningAlgorithm?) -> VerificationKey? {
        guard let modulus = self.number(entry["n"]), let exponent = self.number(entry["e"]),
            let first = modulus.first, let last = exponent.last
        else { return nil }
        let bits = modulus.count * 8 - first.leadingZeroBitCount
        guard (2_048...8_192).contains(bits), exponent.count <= 4, last & 1 == 1, exponent != [1],
            let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent)
        else { return nil }
        return VerificationKey(
            id: id, declaredAlgorithm: declared, identity: Array("RSA".utf8) + exponent + [0] + modulus,
            material: .rsa(key))
    }

    private static func p256Key(from entry: JSONNode, id: String, declared: SigningAlgorithm?) -> VerificationKey? {
        guard entry["crv"]?.string == "P-256", let x = entry["x"]?.string.flatMap({ Base64URL.decode($0.utf8) }),
            let y = entry["y"]?.string.flatMap({ Base64URL.decode($0.utf8) }), x.count == 32, y.count == 32,
            let key = try? P256.Signing.PublicKey(rawRepresentation: x + y)
        else { return nil }
        return VerificationKey(
            id: id, declaredAlgorithm: declared, identity: Array("EC".utf8) + x + y, material: .p256(key))
    }

    /// A positive number in base64url, without leading zeros.
    private static func number(_ node: JSONNode?) -> [UInt8]? {
        guard let text = node?.string, let bytes = Base64URL.decode(text.utf8) else { return nil }
        let digits = bytes.drop { $0 == 0 }
        return digits.isEmpty ? nil : Array(digits)
    }
}
