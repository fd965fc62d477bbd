import Crypto
import Foundation

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
package struct FingerprintKey: Sendable {
    /// The first eight hexadecimal digits of the SHA-256 of the key: says which key made a fingerprint.
    package let id: String
    private let key: SymmetricKey

    /// - Parameter bytes: 32 bytes or more of key material.
    package init(bytes: [UInt8]) {
        self.key = SymmetricKey(data: bytes)
        self.id = SHA256.hash(data: bytes).prefix(4).map { Self.hexPair($0) }.joined()
    }

    package func fingerprint(of secret: Secret, label: FingerprintLabel) -> Fingerprint {
        let code = secret.withValue { value in
            var mac = HMAC<SHA256>(key: self.key)
            mac.update(data: Array(label.rawValue.utf8))
            mac.update(data: [0])
            mac.update(data: Array(value.utf8))
            return mac.finalize()
        }
        return Fingerprint(text: self.id + ":" + Data(code).base64EncodedString())
    }

    /// HMAC-SHA-256 over several parts, each preceded by its length so that no two lists of parts look alike.
    package func code(over parts: [[UInt8]]) -> [UInt8] {
        var mac = HMAC<SHA256>(key: self.key)
        for part in parts {
            withUnsafeBytes(of: UInt64(part.count).bigEndian) { mac.update(data: $0) }
            mac.update(data: part)
        }
        return Array(mac.finalize())
    }

    private static func hexPair(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return byte < 16 ? "0" + text : text
    }
}
