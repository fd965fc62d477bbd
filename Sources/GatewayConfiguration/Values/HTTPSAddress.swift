/// An `https` address without user information, query or fragment.
package struct HTTPSAddress: Sendable, Hashable, Encodable {
    /// Lower-case name or address; an IPv6 address without its brackets.
    package let host: String
    /// The port if one is written; 443 otherwise.
    package let port: Int
    /// From its first slash; empty if there is none.
    package let path: String
    /// As it was written.
    package let text: String

    /// Why a text is not such an address, as the end of a sentence ("must …").
    package struct Refusal: Error, Hashable {
        package let reason: String
    }

    package init(_ text: String) throws(Refusal) {
        guard text.lowercased().hasPrefix("https://") else { throw Refusal(reason: "must begin with https://") }
        let rest = text.dropFirst("https://".count)
        guard rest.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw Refusal(reason: "must have neither spaces, backslashes nor characters outside ASCII")
        }
        if rest.contains("?") { throw Refusal(reason: "must not have a query") }
        if rest.contains("#") { throw Refusal(reason: "must not have a fragment") }
        let authority = rest.prefix { $0 != "/" }
        if authority.contains("@") { throw Refusal(reason: "must not have user information") }
        (host, port) = try Self.hostAndPort(authority)
        path = String(rest.dropFirst(authority.count))
        self.text = text
    }

    /// An address known when this was written, at the usual port.
    init(knownHost host: String, path: String = "") {
        self.host = host
        self.port = 443
        self.path = path
        self.text = "https://\(host)\(path)"
    }

    /// `https://host[:port]`, without a slash at the end.
    package var origin: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == 443 ? "https://\(name)" : "https://\(name):\(port)"
    }

    /// Whether nothing but host and port is named.
    package var isOrigin: Bool { path.isEmpty || path == "/" }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }

    private static func hostAndPort(_ authority: Substring) throws(Refusal) -> (String, Int) {
        var name = authority
        var port = 443
        let afterBracket = authority.lastIndex(of: "]").map(authority.index(after:)) ?? authority.startIndex
        if let colon = authority[afterBracket...].firstIndex(of: ":") {
            let digits = authority[authority.index(after: colon)...]
            guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let number = Int(digits), (1...65_535).contains(number)
            else { throw Refusal(reason: "must have a port from 1 to 65535, or none") }
            name = authority[..<colon]
            port = number
        }
        let isBracketed = name.hasPrefix("[") && name.hasSuffix("]") && name.count > 2
        let bare = isBracketed ? name.dropFirst().dropLast() : name
        let accepted: (Character) -> Bool =
            isBracketed
            ? { $0.isHexDigit || $0 == ":" || $0 == "." } : { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "." }
        guard !bare.isEmpty, bare.allSatisfy(accepted), isBracketed || !bare.hasPrefix(".") else {
            throw Refusal(reason: "must name a host")
        }
        return (bare.lowercased(), port)
    }
}
