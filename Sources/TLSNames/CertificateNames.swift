package import NIOSSL

/// The DNS names that a certificate was issued for, by its subject alternative names. The CN is not one of them.
///
/// NIOSSL 2.37 takes a certificate also when it names the IP address connected to, even if a host name was asked for.
/// Whoever can point a name at an address of their own can have a certificate for that address, so for a host with a
/// name this is checked once more, after NIOSSL has verified chain and validity.
package struct CertificateNames: Sendable {
    package let names: [String]

    package init(names: [String]) { self.names = names }

    package init(of certificate: NIOSSLCertificate) {
        self.names = certificate._subjectAlternativeNames().compactMap { name in
            name.nameType == .dnsName ? String(validating: Array(name.contents), as: UTF8.self) : nil
        }
    }

    /// Whether one of them is the name, or is `*` in place of the name's whole first label (RFC 9525 §6.3).
    ///
    /// - Parameter name: in any case of ASCII letters; one period at its end is left out of account.
    package func contain(_ name: String) -> Bool {
        var name = Self.lowered(name)
        if name.last == UInt8(ascii: ".") { name.removeLast() }
        guard !name.isEmpty else { return false }
        let parent = name.firstIndex(of: UInt8(ascii: ".")).map { name[$0...] } ?? []
        // A wildcard right under a top-level name is nobody's to give.
        let mayBeWildcard = parent.dropFirst().contains(UInt8(ascii: "."))
        return self.names.contains { entry in
            let entry = Self.lowered(entry)
            if entry == name { return true }
            return mayBeWildcard && entry.first == UInt8(ascii: "*") && entry.dropFirst() == parent
        }
    }

    /// ASCII letters only: no two implementations fold other letters alike.
    private static func lowered(_ text: String) -> [UInt8] {
        text.utf8.map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
    }
}
