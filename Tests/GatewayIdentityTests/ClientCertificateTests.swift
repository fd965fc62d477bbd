import Crypto
import GatewayIdentity
import GatewayTestSupport
import PolicyCore
import Testing

@Suite struct ClientCertificateTests {
    @Test func namesAndDigest() throws {
        let issued = try TestAuthority().issueClient(
            uris: ["spiffe://contoso/a", "spiffe://contoso/b"], dnsNames: ["a.example", "B.example"],
            commonName: "never.used")
        let der = try issued.certificateDER
        let identity = try ClientCertificates.identity(der: der)
        #expect(identity.uriNames == ["spiffe://contoso/a", "spiffe://contoso/b"])
        #expect(identity.dnsNames == ["a.example", "B.example"])
        let digest = SHA256.hash(data: der).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        #expect(identity.sha256 == digest.joined())
    }

    @Test func aCommonNameIsNoName() throws {
        let issued = try TestAuthority().issueClient(commonName: "runner.example")
        #expect(try ClientCertificates.identity(der: issued.certificateDER).names.isEmpty)
    }

    @Test(arguments: ["", "a b", "a\u{0}b", "a\nb", "\u{7f}"]) func namesThatReadInTwoWays(name: String) throws {
        let issued = try TestAuthority().issueClient(uris: ["spiffe://contoso/a"], dnsNames: [name])
        let der = try issued.certificateDER
        #expect(throws: AuthenticationFailure.unusableCertificate) { try ClientCertificates.identity(der: der) }
    }

    @Test func bytesThatAreNoCertificate() throws {
        let der = try TestAuthority().issueClient(dnsNames: ["a.example"]).certificateDER
        for bytes in [[], [0x30], Array(der.dropLast()), der + [0], Array("-----BEGIN".utf8)] {
            #expect(throws: AuthenticationFailure.unusableCertificate) {
                try ClientCertificates.identity(der: bytes)
            }
        }
    }
}
