import Crypto
package import PolicyCore
import SwiftASN1
import X509

/// Reads whom a client certificate names. The chain has been verified before, in the handshake.
package enum ClientCertificates {
    /// - Parameter der: the leaf certificate as the peer sent it.
    /// - Throws: ``AuthenticationFailure/unusableCertificate`` if it cannot be read, or a name in it is empty, longer
    ///   than 2,048 bytes or not printable ASCII. A certificate without names is no error here: beside a token it may
    ///   still be recorded.
    package static func identity(der: [UInt8]) throws(AuthenticationFailure) -> CertificateIdentity {
        guard let certificate = try? Certificate(derEncoded: der),
            case .some(let names) = try? certificate.extensions.subjectAlternativeNames ?? SubjectAlternativeNames()
        else { throw .unusableCertificate }
        var identity = CertificateIdentity(uriNames: [], dnsNames: [], sha256: self.hexadecimal(SHA256.hash(data: der)))
        for name in names {
            switch name {
            case .uniformResourceIdentifier(let text):
                guard self.isUsable(text) else { throw .unusableCertificate }
                identity.uriNames.append(text)
            case .dnsName(let text):
                guard self.isUsable(text) else { throw .unusableCertificate }
                identity.dnsNames.append(text)
            default: break
            }
        }
        return identity
    }

    /// A name with a NUL or a line break in it reads differently in different places.
    private static func isUsable(_ name: String) -> Bool {
        (1...2_048).contains(name.utf8.count) && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func hexadecimal(_ digest: SHA256Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
