import Crypto

/// What stands in a record in place of a secret: lets an auditor ask whether a leaked value was ever used, and tells
/// nobody anything else. Written `KEYID:BASE64`.
package struct Fingerprint: Sendable, Hashable, CustomStringConvertible {
    package let text: String
    package init(text: String) { self.text = text }
    package var description: String { self.text }
}

/// Which kind of place a secret was found in. Part of what is hashed, so equal values in two kinds of place differ.
package enum FingerprintLabel: String, Sendable, CaseIterable {
    case runAsPassword, protectedParameter, blobQuery, scriptQuery
    /// A plain parameter, where the configuration keeps only digests of values.
    case parameter
}

/// The key under which secrets are fingerprinted (HMAC-SHA-256), and the request digest is taken.
package final class FingerprintKey: Sendable {
    /// The first eight hexadecimal digits of the SHA-256 of the key: says which key made a fingerprint.
    package let id: String
    /// What each fingerprint begins with.
    private let prefix: String
    private let key: SymmetricKey
    private let keyed: KeyedHash

    /// - Parameter bytes: 32 bytes or more of key material.
    package init(bytes: [UInt8]) {
        self.key = SymmetricKey(data: bytes)
        self.keyed = KeyedHash(key: bytes)
        self.id = SHA256.hash(data: bytes).prefix(4).map { Self.hexPair($0) }.joined()
        self.prefix = self.id + ":"
    }

    package func fingerprint(of secret: Secret, label: FingerprintLabel) -> Fingerprint {
        let code = secret.withValue { value in
            let label = label.rawValue
            var bytes: [UInt8] = []
            bytes.reserveCapacity(label.utf8.count + 1 + value.utf8.count)
            label.utf8.span.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
            bytes.append(0)
            value.utf8.span.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
            return self.keyed.code(of: bytes)
        }
        return Fingerprint(text: code.withUnsafeBytes { Base64Text.text(of: $0, after: self.prefix) })
    }

    /// HMAC-SHA-256 over several parts, each preceded by its length so that no two lists of parts look alike.
    package func code(over parts: [[UInt8]]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(parts.reduce(0) { $0 + $1.count + 8 })
        for part in parts {
            withUnsafeBytes(of: UInt64(part.count).bigEndian) { bytes.append(contentsOf: $0) }
            part.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        }
        return self.keyed.code(of: bytes).withUnsafeBytes { Array($0) }
    }

    /// A key of 32 bytes for another purpose, which tells nothing of this one: HKDF-SHA-256 (RFC 5869) without salt.
    /// - Parameter label: the purpose (HKDF's `info`); each has its own.
    package func derivedKey(label: String) -> [UInt8] {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: self.key, info: Array(label.utf8), outputByteCount: 32)
            .withUnsafeBytes { Array($0) }
    }

    private static func hexPair(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return byte < 16 ? "0" + text : text
    }
}
