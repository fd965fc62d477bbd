import ARMModel
import Redaction

/// An address that may be fetched as far as its text tells: what is connected to, and what is asked for there.
struct FetchTarget: Sendable {
    enum Host: Sendable, Hashable {
        /// A DNS name in lower case.
        case name(String)
        case literal(IPAddress)
    }

    let host: Host
    let port: Int
    /// What the `host` field says.
    let authority: String
    private let path: String
    private let query: Secret?

    /// Path and query as the request line holds them. The only way to the query.
    func withRequestTarget<Result>(_ body: (String) -> Result) -> Result {
        guard let query = self.query else { return body(self.path) }
        return query.withValue { body(self.path + $0) }
    }

    /// - Parameter hosts: the hosts allowed, each compared whole and without ASCII case.
    init(_ address: WebAddress, hosts: [String], configuration: ScriptFetcherConfiguration) throws(FetchRefusal) {
        guard address.scheme == "https" else { throw FetchRefusal(.notHTTPS) }
        guard !address.hasUserInformation else { throw FetchRefusal(.userInformation) }
        let name = ASCIICase.lowered(address.host)
        guard hosts.contains(where: { ASCIICase.lowered($0) == name }) else { throw FetchRefusal(.hostNotListed) }
        self.port = address.port ?? 443
        guard configuration.ports.contains(self.port) else { throw FetchRefusal(.portNotAllowed) }
        self.host = try Self.host(name, configuration: configuration)
        self.authority = self.port == 443 ? name : "\(name):\(self.port)"
        guard case .known(let query) = address.query else { throw FetchRefusal(.addressIncomplete) }
        let queryBytes = query?.withValue { Array($0.utf8) } ?? []
        // Never sent by any client, and where it is, servers disagree on what it means.
        guard !queryBytes.contains(UInt8(ascii: "#")) else { throw FetchRefusal(.fragment) }
        let path = address.path.isEmpty ? "/" : address.path
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.allSatisfy(Self.mayStandInRequestLine),
            queryBytes.isEmpty || queryBytes.first == UInt8(ascii: "?"),
            queryBytes.allSatisfy(Self.mayStandInRequestLine)
        else { throw FetchRefusal(.unusablePath) }
        self.path = path
        self.query = query
    }

    /// A host whose last label is a number is an address to every resolver, in forms that differ (`127.1`, `0x7f.1`).
    private static func host(
        _ name: String, configuration: ScriptFetcherConfiguration
    ) throws(FetchRefusal) -> Host {
        let isBracketed = name.utf8.first == UInt8(ascii: "[")
        if isBracketed || self.endsInNumber(name) {
            let text = isBracketed ? String(name.dropFirst().dropLast()) : name
            guard let address = IPAddress(text) else { throw FetchRefusal(.unusableHost) }
            guard configuration.allowsLiteralAddresses else {
                throw FetchRefusal(.literalAddress, addressClass: PublicAddress.addressClass(of: address))
            }
            return .literal(address)
        }
        guard self.isName(name) else { throw FetchRefusal(.unusableHost) }
        return .name(name)
    }

    private static func endsInNumber(_ name: String) -> Bool {
        let labels = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: true)
        guard let last = labels.last else { return false }
        return last.starts(with: "0x".utf8) || last.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isName(_ name: String) -> Bool {
        name.utf8.count <= 253
            && name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                    && label.allSatisfy {
                        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "-")
                            || $0 == UInt8(ascii: "_")
                    }
            }
    }

    private static func mayStandInRequestLine(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\\")
    }
}
