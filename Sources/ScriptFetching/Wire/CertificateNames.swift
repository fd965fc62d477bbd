import ARMModel
import NIOSSL

/// The DNS names that a certificate was issued for.
///
/// NIOSSL takes a certificate also when it names the IP address connected to, even if a host name was asked for. Whoever
/// can point a name at an address of their own can have a certificate for that address, so for a named host this is
/// checked once more.
struct CertificateNames: Sendable {
    let names: [String]

    init(names: [String]) { self.names = names }

    init(of certificate: NIOSSLCertificate) {
        self.names = certificate._subjectAlternativeNames().compactMap { name in
            name.nameType == .dnsName ? String(validating: Array(name.contents), as: UTF8.self) : nil
        }
    }

    /// Whether one of them is the name, or is `*` in place of the name's whole first label (RFC 9525 §6.3).
    ///
    /// - Parameter name: in lower case, without a period at the end.
    func contain(_ name: String) -> Bool {
        let parent = name.utf8.firstIndex(of: UInt8(ascii: ".")).map { String(name[$0...]) }
        return self.names.contains { entry in
            let entry = ASCIICase.lowered(entry)
            if entry == name { return true }
            // A wildcard right under a top-level name is nobody's to give.
            guard let parent, parent.utf8.dropFirst().contains(UInt8(ascii: ".")) else { return false }
            return entry == "*" + parent
        }
    }
}
