package import Redaction

/// The address of a blob or script: where it points is known and judged, its query (a signature) is a secret.
package struct WebAddress: Sendable, Hashable {
    /// `https` in any address that is allowed; other schemes are parsed so that they can be named when refused.
    package var scheme: String
    /// Lower-case host, without port.
    package var host: String
    package var port: Int?
    /// Whether the address carried `user@`; such an address is never allowed, and the value is not kept.
    package var hasUserInformation: Bool
    /// Path as written, beginning with `/` (or empty).
    package var path: String
    /// Everything from `?` or `#` on; unknown when a stored address was read without it.
    package var query: Known<Secret?>

    package init(
        scheme: String, host: String, port: Int?, hasUserInformation: Bool, path: String, query: Known<Secret?>
    ) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.hasUserInformation = hasUserInformation
        self.path = path
        self.query = query
    }

    /// The address without its query, as it may be shown.
    package var withoutQuery: String {
        self.scheme + "://" + self.host + (self.port.map { ":\($0)" } ?? "") + self.path
    }

    /// Reads an absolute address. Only the form `scheme://[user@]host[:port][/path][?query]` in printable ASCII is
    /// understood; anything else is `nil`. So is a backslash before the query, which some readers take for a slash.
    package init?(_ text: String) {
        guard text.utf8.count <= 4_096, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        let scheme = text.utf8[..<colon]
        guard let first = scheme.first, Self.isLetter(first),
            scheme.allSatisfy({ Self.isLetter($0) || Self.isDigit($0) || "+-.".utf8.contains($0) })
        else { return nil }
        let rest = text.utf8[text.utf8.index(after: colon)...]
        guard rest.starts(with: "//".utf8) else { return nil }
        let behind = rest.dropFirst(2)
        let authorityEnd = behind.firstIndex { "/?#".utf8.contains($0) } ?? behind.endIndex
        var authority = behind[..<authorityEnd]
        guard !authority.contains(UInt8(ascii: "\\")) else { return nil }
        self.hasUserInformation = authority.contains(UInt8(ascii: "@"))
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) { authority = authority[authority.index(after: at)...] }
        if let portColon = authority.lastIndex(of: UInt8(ascii: ":")), authority.last != UInt8(ascii: "]") {
            let digits = authority[authority.index(after: portColon)...]
            // `Int` alone would also read "+443".
            guard digits.allSatisfy(Self.isDigit), let port = Int(String(Substring(digits))),
                (1...65_535).contains(port)
            else { return nil }
            self.port = port
            authority = authority[..<portColon]
        } else {
            self.port = nil
        }
        guard Self.isHost(authority) else { return nil }
        let pathAndQuery = behind[authorityEnd...]
        let pathEnd = pathAndQuery.firstIndex { "?#".utf8.contains($0) } ?? pathAndQuery.endIndex
        guard !pathAndQuery[..<pathEnd].contains(UInt8(ascii: "\\")) else { return nil }
        self.scheme = ASCIICase.lowered(String(Substring(scheme)))
        self.host = ASCIICase.lowered(String(Substring(authority)))
        self.path = String(Substring(pathAndQuery[..<pathEnd]))
        let query = String(Substring(pathAndQuery[pathEnd...]))
        self.query = .known(query.isEmpty ? nil : Secret(query))
    }

    /// A name or IPv4 address, or an IPv6 address in brackets.
    private static func isHost(_ bytes: Substring.UTF8View) -> Bool {
        guard bytes.first == UInt8(ascii: "[") else {
            return !bytes.isEmpty
                && bytes.allSatisfy { Self.isLetter($0) || Self.isDigit($0) || "-._".utf8.contains($0) }
        }
        return bytes.count > 3 && bytes.last == UInt8(ascii: "]")
            && bytes.dropFirst().dropLast().allSatisfy {
                Self.isDigit($0) || "abcdefABCDEF:.".utf8.contains($0)
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        let lower = ASCIICase.lower(byte)
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
