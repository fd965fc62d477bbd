import Crypto
package import Foundation
import SwiftASN1
package import X509

/// A certificate authority that lives for one test: it signs server and client certificates with a P-256 key of its own.
package struct TestAuthority: Sendable {
    /// The authority's own certificate.
    package let certificate: Certificate
    private let key: Certificate.PrivateKey

    /// A new self-signed authority with a fresh key.
    ///
    /// - Parameter commonName: the CN by which its subject is known.
    package init(
        commonName: String = "Sallyport test authority", notValidBefore: Date = Date() - 3600,
        notValidAfter: Date = Date() + 86400
    ) throws {
        let key = Certificate.PrivateKey(P256.Signing.PrivateKey())
        let name = try DistinguishedName { CommonName(commonName) }
        self.key = key
        certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            notValidBefore: notValidBefore, notValidAfter: notValidAfter, issuer: name, subject: name,
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: nil))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true, cRLSign: true))
            },
            issuerPrivateKey: key)
    }

    /// The authority's certificate, as a trust-roots file holds it.
    package var certificatePEM: String {
        get throws { try certificate.serializeAsPEM().pemString }
    }

    /// The authority's certificate in DER.
    package var certificateDER: [UInt8] {
        get throws { try TestIdentity.der(of: certificate) }
    }

    /// A server certificate, valid for the names and addresses given.
    ///
    /// - Parameter ipAddresses: IPv4 in dotted form, or IPv6 with all eight groups or one `::`.
    package func issueServer(
        dnsNames: [String] = ["localhost"], ipAddresses: [String] = ["127.0.0.1"],
        notValidBefore: Date = Date() - 3600, notValidAfter: Date = Date() + 86400
    ) throws -> TestIdentity {
        let names =
            dnsNames.map { GeneralName.dnsName($0) }
            + (try ipAddresses.map { GeneralName.ipAddress(try Self.octets(ofAddress: $0)) })
        return try issue(
            commonName: dnsNames.first ?? ipAddresses.first ?? "server", names: names, usage: .serverAuth,
            notValidBefore: notValidBefore, notValidAfter: notValidAfter)
    }

    /// A client certificate whose alternative names are the URIs and DNS names given, in that order.
    package func issueClient(
        uris: [String] = [], dnsNames: [String] = [], commonName: String = "client",
        notValidBefore: Date = Date() - 3600, notValidAfter: Date = Date() + 86400
    ) throws -> TestIdentity {
        let names = uris.map { GeneralName.uniformResourceIdentifier($0) } + dnsNames.map { GeneralName.dnsName($0) }
        return try issue(
            commonName: commonName, names: names, usage: .clientAuth, notValidBefore: notValidBefore,
            notValidAfter: notValidAfter)
    }

    private func issue(
        commonName: String, names: [GeneralName], usage: ExtendedKeyUsage.Usage, notValidBefore: Date,
        notValidAfter: Date
    ) throws -> TestIdentity {
        let leafKey = P256.Signing.PrivateKey()
        let leaf = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(leafKey.publicKey), notValidBefore: notValidBefore,
            notValidAfter: notValidAfter, issuer: certificate.subject,
            subject: try DistinguishedName { CommonName(commonName) }, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([usage])
                if !names.isEmpty { SubjectAlternativeNames(names) }
            },
            issuerPrivateKey: key)
        return TestIdentity(certificate: leaf, privateKey: leafKey)
    }

    private static func octets(ofAddress text: String) throws -> ASN1OctetString {
        let dotted = text.split(separator: ".", omittingEmptySubsequences: false).compactMap { UInt8($0) }
        if dotted.count == 4 { return ASN1OctetString(contentBytes: dotted[...]) }
        let halves = text.components(separatedBy: "::")
        let groups = halves.map { half in half.split(separator: ":").compactMap { UInt16($0, radix: 16) } }
        guard halves.count <= 2, let front = groups.first else { throw TestCertificateError.notAnAddress(text) }
        let back = groups.count == 2 ? groups[1] : []
        let zeros = 8 - front.count - back.count
        guard halves.count == 2 ? zeros >= 0 : zeros == 0 else { throw TestCertificateError.notAnAddress(text) }
        let all = front + [UInt16](repeating: 0, count: zeros) + back
        return ASN1OctetString(contentBytes: all.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] }[...])
    }
}

/// What keeps a test certificate from being made.
package enum TestCertificateError: Error {
    /// The text is neither an IPv4 nor an IPv6 address.
    case notAnAddress(String)
}
