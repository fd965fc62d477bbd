import ARMModel

/// A rule's `scriptURIs`: from where the gateway may fetch a script, to judge its text like any other.
///
/// The only mode is `inline`: the text fetched is forwarded in place of the address, so that what was judged is what
/// runs. The machine's own fetching is never allowed.
package struct ScriptAddressRule: Sendable, Hashable {
    /// Bytes, where the rule names no number.
    package static let defaultMaximumBytes = 262_144
    /// The most that a rule may name.
    package static let mostBytes = 1_048_576

    /// Exact DNS names in lower case.
    package var hosts: Set<String>
    /// The longest script that is fetched, in bytes. Of an allow only.
    package var maximumBytes: Int

    package init(hosts: some Sequence<String>, maximumBytes: Int = Self.defaultMaximumBytes) {
        self.hosts = Set(hosts.map(ASCIICase.lowered))
        self.maximumBytes = maximumBytes
    }

    func lists(_ address: WebAddress) -> Bool { self.hosts.contains(ASCIICase.lowered(address.host)) }

    /// Why a text cannot be one of the hosts, in words for the author of a policy; `nil` if it can.
    package static func problem(withHost host: String) -> String? {
        if host.contains("*") { return "takes exact host names, without *" }
        let bytes = Array(host.utf8)
        if bytes.contains(UInt8(ascii: "/")) || bytes.contains(UInt8(ascii: "@")) {
            return "takes host names alone, without scheme, path or user"
        }
        if bytes.first == UInt8(ascii: "[") || self.endsInNumber(host) { return "takes no IP address" }
        if bytes.contains(UInt8(ascii: ":")) { return "takes host names without a port; it is always 443" }
        if ASCIICase.lowered(host) != host { return "takes host names in lower case" }
        return self.isName(host) ? nil : "takes full host names such as scripts.example.com"
    }

    /// At least two labels: one alone means whatever the resolver's search list makes of it.
    private static func isName(_ host: String) -> Bool {
        let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return host.utf8.count <= 253 && labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                    && label.allSatisfy {
                        ASCIIText.isLetterOrDigit($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
                    }
            }
    }

    /// A name whose last label is a number is an address to every resolver, in forms that differ (`127.1`, `0x7f.1`).
    private static func endsInNumber(_ host: String) -> Bool {
        guard let last = host.utf8.split(separator: UInt8(ascii: ".")).last else { return false }
        return last.starts(with: "0x".utf8) || last.allSatisfy { (0x30...0x39).contains($0) }
    }
}
