package import Redaction

/// The address of a blob or script: where it points is known and judged, its query (a signature) is a secret.
///
/// Held by a reference: every command has room for three and is copied often, and few have one.
package struct WebAddress: Sendable, Hashable {
    private var parts: AddressParts

    /// `https` in any address that is allowed; other schemes are parsed so that they can be named when refused.
    package var scheme: String { self.parts.scheme }
    /// Lower-case host, without port.
    package var host: String { self.parts.host }
    package var port: Int? { self.parts.port }
    /// Whether the address carried `user@`; such an address is never allowed, and the value is not kept.
    package var hasUserInformation: Bool { self.parts.hasUserInformation }
    /// Path as written, beginning with `/` (or empty).
    package var path: String { self.parts.path }
    /// Everything from `?` or `#` on; unknown when a stored address was read without it.
    package var query: Known<Secret?> {
        get { self.parts.query }
        set {
            self = WebAddress(
                scheme: self.scheme, host: self.host, port: self.port, hasUserInformation: self.hasUserInformation,
                path: self.path, query: newValue)
        }
    }

    package init(
        scheme: String, host: String, port: Int?, hasUserInformation: Bool, path: String, query: Known<Secret?>
    ) {
        self.parts = AddressParts(
            scheme: scheme, host: host, port: port, hasUserInformation: hasUserInformation, path: path, query: query)
    }

    /// The address without its query, as it may be shown.
    package var withoutQuery: String {
        self.scheme + "://" + self.host + (self.port.map { ":\($0)" } ?? "") + self.path
    }

    /// Reads an absolute address. Only the form `scheme://[user@]host[:port][/path][?query]` in printable ASCII is
    /// understood; anything else is `nil`. So is a backslash before the query, which some readers take for a slash.
    package init?(_ text: String) {
        guard let address = text.withBytes({ Self.read($0) }) else { return nil }
        self = address
    }

    private typealias Bytes = Slice<UnsafeBufferPointer<UInt8>>

    private static func read(_ text: UnsafeBufferPointer<UInt8>) -> WebAddress? {
        guard text.count <= 4_096, text.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
            let colon = text.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        let scheme = text[..<colon]
        guard let first = scheme.first, Self.isLetter(first),
            scheme.allSatisfy({ Self.isLetter($0) || Self.isDigit($0) || Self.isOneOf("+-.", $0) })
        else { return nil }
        let rest = text[(colon + 1)...]
        guard rest.count >= 2, rest[colon + 1] == UInt8(ascii: "/"), rest[colon + 2] == UInt8(ascii: "/") else {
            return nil
        }
        let behind = rest.dropFirst(2)
        let authorityEnd = behind.firstIndex { Self.isOneOf("/?#", $0) } ?? behind.endIndex
        var authority = behind[..<authorityEnd]
        guard !authority.contains(UInt8(ascii: "\\")) else { return nil }
        let hasUserInformation = authority.contains(UInt8(ascii: "@"))
        if let at = authority.lastIndex(of: UInt8(ascii: "@")) { authority = authority[(at + 1)...] }
        var port: Int?
        if let portColon = authority.lastIndex(of: UInt8(ascii: ":")), authority.last != UInt8(ascii: "]") {
            let digits = authority[(portColon + 1)...]
            // `Int` alone would also read "+443".
            guard digits.allSatisfy(Self.isDigit), let number = Int(Self.text(digits)), (1...65_535).contains(number)
            else { return nil }
            port = number
            authority = authority[..<portColon]
        }
        guard Self.isHost(authority) else { return nil }
        let pathAndQuery = behind[authorityEnd...]
        let pathEnd = pathAndQuery.firstIndex { Self.isOneOf("?#", $0) } ?? pathAndQuery.endIndex
        guard !pathAndQuery[..<pathEnd].contains(UInt8(ascii: "\\")) else { return nil }
        let query = pathAndQuery[pathEnd...]
        return WebAddress(
            scheme: ASCIICase.lowered(Self.text(scheme)), host: ASCIICase.lowered(Self.text(authority)), port: port,
            hasUserInformation: hasUserInformation, path: Self.text(pathAndQuery[..<pathEnd]),
            query: .known(query.isEmpty ? nil : Secret(Self.text(query))))
    }

    /// A name or IPv4 address, or an IPv6 address in brackets.
    private static func isHost(_ bytes: Bytes) -> Bool {
        guard bytes.first == UInt8(ascii: "[") else {
            return !bytes.isEmpty
                && bytes.allSatisfy { Self.isLetter($0) || Self.isDigit($0) || Self.isOneOf("-._", $0) }
        }
        return bytes.count > 3 && bytes.last == UInt8(ascii: "]")
            && bytes.dropFirst().dropLast().allSatisfy {
                Self.isDigit($0) || Self.isOneOf("abcdefABCDEF:.", $0)
            }
    }

    private static func text(_ bytes: Bytes) -> String {
        String(decoding: UnsafeBufferPointer(rebasing: bytes), as: UTF8.self)
    }

    @inline(__always)
    private static func isOneOf(_ characters: StaticString, _ byte: UInt8) -> Bool {
        for index in 0..<characters.utf8CodeUnitCount where characters.utf8Start[index] == byte { return true }
        return false
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        let lower = ASCIICase.lower(byte)
        return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}

/// What a ``WebAddress`` holds.
private final class AddressParts: Sendable, Hashable {
    let scheme: String
    let host: String
    let port: Int?
    let hasUserInformation: Bool
    let path: String
    let query: Known<Secret?>

    init(scheme: String, host: String, port: Int?, hasUserInformation: Bool, path: String, query: Known<Secret?>) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.hasUserInformation = hasUserInformation
        self.path = path
        self.query = query
    }

    static func == (a: AddressParts, b: AddressParts) -> Bool {
        a.scheme == b.scheme && a.host == b.host && a.port == b.port && a.hasUserInformation == b.hasUserInformation
            && a.path == b.path && a.query == b.query
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(self.host)
        hasher.combine(self.path)
    }
}
