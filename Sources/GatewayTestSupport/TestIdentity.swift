package import Crypto
package import Foundation
import SwiftASN1
package import X509

/// A certificate with its private key, as a server or client presents it in a test.
package struct TestIdentity: Sendable {
    package let certificate: Certificate
    package let privateKey: P256.Signing.PrivateKey

    package init(certificate: Certificate, privateKey: P256.Signing.PrivateKey) {
        self.certificate = certificate
        self.privateKey = privateKey
    }

    package var certificatePEM: String {
        get throws { try certificate.serializeAsPEM().pemString }
    }

    /// The certificate's exact bytes, whose SHA-256 is its fingerprint.
    package var certificateDER: [UInt8] {
        get throws { try Self.der(of: certificate) }
    }

    /// The key as PKCS #8 PEM.
    package var privateKeyPEM: String { privateKey.pemRepresentation }

    /// The serial number's bytes, big endian.
    package var serialNumber: [UInt8] { Array(certificate.serialNumber.bytes) }

    /// Writes `NAME.crt` and `NAME.key` into the directory, each put in place whole.
    ///
    /// - Returns: the two paths.
    @discardableResult
    package func write(to directory: URL, name: String = "tls") throws -> (certificate: String, privateKey: String) {
        let certificateFile = directory.appendingPathComponent(name + ".crt")
        let keyFile = directory.appendingPathComponent(name + ".key")
        try Data(certificatePEM.utf8).write(to: certificateFile, options: .atomic)
        try Data(privateKeyPEM.utf8).write(to: keyFile, options: .atomic)
        return (certificateFile.path, keyFile.path)
    }

    static func der(of certificate: Certificate) throws -> [UInt8] {
        var serializer = DER.Serializer()
        try serializer.serialize(certificate)
        return serializer.serializedBytes
    }
}
