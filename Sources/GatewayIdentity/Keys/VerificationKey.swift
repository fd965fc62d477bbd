import Crypto
import CryptoExtras
import Foundation
import Synchronization

/// One public key of an issuer's key set, able to check signatures until its set stops listing it.
///
/// A class, so that a token verified earlier can hold on to the key and see it retired without asking the set.
package final class VerificationKey: Sendable {
    enum Material: Sendable {
        case rsa(_RSA.Signing.PublicKey)
        case p256(P256.Signing.PublicKey)
    }

    /// The `kid` under which the set lists it.
    package let id: String
    /// The algorithm that the set ties the key to; Entra's keys name none.
    let declaredAlgorithm: SigningAlgorithm?
    /// Distinguishes keys: the type, and the public numbers without leading zeros.
    let identity: [UInt8]
    private let material: Material
    private let retired = Atomic<Bool>(false)

    init(id: String, declaredAlgorithm: SigningAlgorithm?, identity: [UInt8], material: Material) {
        self.id = id
        self.declaredAlgorithm = declaredAlgorithm
        self.identity = identity
        self.material = material
    }

    /// Whether the issuer has withdrawn the key; tokens verified with it count no longer.
    package var isRetired: Bool { self.retired.load(ordering: .acquiring) }

    func retire() { self.retired.store(true, ordering: .releasing) }

    /// What a key of this type signs by when nothing is configured.
    var defaultAlgorithm: SigningAlgorithm {
        switch self.material {
        case .rsa: self.declaredAlgorithm ?? .rs256
        case .p256: .es256
        }
    }

    func supports(_ algorithm: SigningAlgorithm) -> Bool {
        if let declared = self.declaredAlgorithm, declared != algorithm { return false }
        return switch (self.material, algorithm) {
        case (.rsa, .rs256), (.rsa, .ps256), (.p256, .es256): true
        case (.rsa, .es256), (.p256, .rs256), (.p256, .ps256): false
        }
    }

    /// Checks a signature; false for an algorithm that does not belong to the key.
    func isValid(signature: [UInt8], for signed: some DataProtocol, algorithm: SigningAlgorithm) -> Bool {
        guard self.supports(algorithm) else { return false }
        let digest = SHA256.hash(data: signed)
        switch self.material {
        case .rsa(let key):
            let padding: _RSA.Signing.Padding = algorithm == .ps256 ? .PSS : .insecurePKCS1v1_5
            let signature = _RSA.Signing.RSASignature(rawRepresentation: signature)
            return key.isValidSignature(signature, for: digest, padding: padding)
        case .p256(let key):
            guard let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature) else { return false }
            return key.isValidSignature(signature, for: digest)
        }
    }

    func isSame(as other: VerificationKey) -> Bool {
        self.id == other.id && self.declaredAlgorithm == other.declaredAlgorithm && self.identity == other.identity
    }
}
