/// A request target taken apart: decoded path segments and query items, with everything ambiguous refused.
///
/// Split first, decode each part once, then check. Only characters that need escaping may be escaped, so one path has
/// one spelling; what goes to ARM is built from the parts, never from the text.
package struct RequestTarget: Sendable, Hashable {
    package struct QueryItem: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    let path: PathSegments
    package var segments: [String] { self.path.texts }
    package var hasTrailingSlash: Bool
    package var query: [QueryItem]

    /// - Parameter text: origin form, `/path?query`.
    package init(_ text: String) throws(RequestError) {
        self = try text.utf8.span.withUnsafeBufferPointer { (bytes) throws(RequestError) in try Self(bytes) }
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>) throws(RequestError) {
        guard bytes.count <= 8_192 else { throw Self.refused("the request target is longer than 8,192 bytes") }
        let kinds = ByteKinds(in: bytes)
        guard !kinds.holdsUnprintable else {
            throw Self.refused("the request target holds a space, control character or byte that is not ASCII")
        }
        guard bytes.first == UInt8(ascii: "/") else {
            throw Self.refused("the request target is not a path; it must begin with one slash")
        }
        guard !kinds.holdsFragment else { throw Self.refused("the request target holds a fragment") }
        var path = PathSegments(length: bytes.count)
        self.hasTrailingSlash = false
        self.query = []
        var start = 1
        while true {
            var stop = start
            while stop < bytes.count, bytes[stop] != UInt8(ascii: "/"), bytes[stop] != UInt8(ascii: "?") { stop += 1 }
            let isLast = stop == bytes.count || bytes[stop] == UInt8(ascii: "?")
            if isLast, stop == start, !path.isEmpty {
                self.hasTrailingSlash = true
            } else {
                let piece = UnsafeBufferPointer(rebasing: bytes[start..<stop])
                try Self.append(piece, to: &path, isPlain: !kinds.holdsSpecial)
            }
            start = stop + 1
            guard !isLast else { break }
        }
        self.path = path
        guard start <= bytes.count else { return }
        while true {
            var stop = start
            var equals: Int?
            while stop < bytes.count, bytes[stop] != UInt8(ascii: "&") {
                if equals == nil, bytes[stop] == UInt8(ascii: "=") { equals = stop }
                stop += 1
            }
            guard let equals, equals > start else {
                throw Self.refused("a query parameter is not of the form name=value")
            }
            let name = try Self.decoded(UnsafeBufferPointer(rebasing: bytes[start..<equals]), what: "a query name")
            guard !self.query.contains(where: { ASCIICase.areEqual($0.name, name) }) else {
                throw Self.refused("a query parameter is repeated", target: Self.shown(name))
            }
            let value = try Self.decoded(
                UnsafeBufferPointer(rebasing: bytes[(equals + 1)..<stop]), what: "a query value")
            self.query.append(QueryItem(name: name, value: value))
            guard stop < bytes.count else { break }
            start = stop + 1
        }
    }

    /// The bytes of a target that matter as such.
    private struct ByteKinds {
        let holdsUnprintable: Bool
        let holdsFragment: Bool
        /// Escapes, and what no segment may hold.
        let holdsSpecial: Bool

        init(in bytes: UnsafeBufferPointer<UInt8>) {
            var unprintable: UInt8 = 0
            // How near a byte comes to what is looked for: 0 is that itself. Without conditions and a way out of the
            // loop, so that many bytes are looked at together.
            var fragment = UInt8.max
            var special = UInt8.max
            for index in 0..<bytes.count {
                let byte = bytes[index]
                unprintable |= byte <= 0x20 || byte >= 0x7F ? 1 : 0
                fragment = min(fragment, byte ^ UInt8(ascii: "#"))
                special = min(special, byte ^ UInt8(ascii: "%"))
                special = min(special, byte ^ UInt8(ascii: "\\"))
                special = min(special, byte ^ UInt8(ascii: ";"))
            }
            self.holdsUnprintable = unprintable != 0
            self.holdsFragment = fragment == 0
            self.holdsSpecial = special == 0
        }
    }

    /// - Parameter isPlain: nothing is escaped, and none of the characters that no segment may hold is there.
    private static func append(
        _ piece: UnsafeBufferPointer<UInt8>, to path: inout PathSegments, isPlain: Bool
    ) throws(RequestError) {
        guard let first = piece.first else { throw self.refused("the path holds an empty segment") }
        if isPlain, first != UInt8(ascii: ".") { return path.append(piece) }
        let text = try self.decoded(piece, what: "a path segment")
        guard text != ".", text != ".." else { throw self.refused("the path holds a dot segment") }
        let isSplit = text.utf8.contains { byte in
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "%"),
                UInt8(ascii: ";"):
                true
            default: false
            }
        }
        guard !isSplit else { throw self.refused("a path segment holds one of / \\ ? # % ;") }
        text.withBytes { path.append($0) }
    }

    private static func decoded(_ piece: UnsafeBufferPointer<UInt8>, what: String) throws(RequestError) -> String {
        guard piece.contains(UInt8(ascii: "%")) else { return String(decoding: piece, as: UTF8.self) }
        var out: [UInt8] = []
        out.reserveCapacity(piece.count)
        var rest = piece[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                out.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(Self.hexValue), let low = rest.popFirst().flatMap(Self.hexValue)
            else { throw self.refused("\(what) holds a percent sign without two hexadecimal digits") }
            let value = high << 4 | low
            guard value >= 0x20, value != 0x7F else { throw self.refused("\(what) holds a control character") }
            guard !Self.isUnreserved(value) else {
                throw self.refused("\(what) escapes a character that needs no escape")
            }
            out.append(value)
        }
        guard let text = String(validating: out, as: UTF8.self) else { throw self.refused("\(what) is not UTF-8") }
        return text
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }

    private static func refused(_ message: String, target: String? = nil) -> RequestError {
        RequestError(.invalidRequestTarget, message, target: target)
    }

    /// A query name for a message: only if it looks like one.
    package static func shown(_ name: String) -> String? {
        name.utf8.count <= 32 && name.utf8.allSatisfy { Self.isUnreserved($0) || $0 == UInt8(ascii: "$") } ? name : nil
    }
}
