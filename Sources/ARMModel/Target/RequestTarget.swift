/// A request target taken apart: decoded path segments and query items, with everything ambiguous refused.
///
/// Split first, decode each part once, then check. Only characters that need escaping may be escaped, so one path has
/// one spelling; what goes to ARM is built from the parts, never from the text.
package struct RequestTarget: Sendable, Hashable {
    package struct QueryItem: Sendable, Hashable {
        package var name: String
        package var value: String
    }

    package var segments: [String]
    package var hasTrailingSlash: Bool
    package var query: [QueryItem]

    /// - Parameter text: origin form, `/path?query`.
    package init(_ text: String) throws(RequestError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 8_192 else { throw Self.refused("the request target is longer than 8,192 bytes") }
        let kinds = bytes.withUnsafeBufferPointer { ByteKinds(in: $0) }
        guard !kinds.contains(.unprintable) else {
            throw Self.refused("the request target holds a space, control character or byte that is not ASCII")
        }
        guard bytes.first == UInt8(ascii: "/") else {
            throw Self.refused("the request target is not a path; it must begin with one slash")
        }
        guard !kinds.contains(.fragment) else { throw Self.refused("the request target holds a fragment") }
        let end = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        let isPlain = !kinds.contains(.needingCare)
        self.segments = []
        self.segments.reserveCapacity(12)
        self.hasTrailingSlash = false
        var start = 1
        while true {
            var stop = start
            while stop < end, bytes[stop] != UInt8(ascii: "/") { stop += 1 }
            if stop == end, stop == start, !self.segments.isEmpty {
                self.hasTrailingSlash = true
            } else {
                self.segments.append(try Self.segment(bytes[start..<stop], isPlain: isPlain))
            }
            guard stop < end else { break }
            start = stop + 1
        }
        self.query = []
        guard end < bytes.count else { return }
        start = end + 1
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
            let name = try Self.decoded(bytes[start..<equals], what: "a query name")
            guard !self.query.contains(where: { ASCIICase.areEqual($0.name, name) }) else {
                throw Self.refused("a query parameter is repeated", target: Self.shown(name))
            }
            let value = try Self.decoded(bytes[(equals + 1)..<stop], what: "a query value")
            self.query.append(QueryItem(name: name, value: value))
            guard stop < bytes.count else { break }
            start = stop + 1
        }
    }

    /// The bytes of a target that matter as such. No way out of the loop, so that many bytes are looked at together.
    private struct ByteKinds: OptionSet {
        static let unprintable = ByteKinds(rawValue: 1)
        static let fragment = ByteKinds(rawValue: 2)
        /// Escapes, and what no segment may hold.
        static let needingCare = ByteKinds(rawValue: 4)

        let rawValue: UInt8

        init(rawValue: UInt8) { self.rawValue = rawValue }

        init(in bytes: UnsafeBufferPointer<UInt8>) {
            var found: UInt8 = 0
            for index in 0..<bytes.count {
                let byte = bytes[index]
                found |= byte <= 0x20 || byte >= 0x7F ? 1 : 0
                found |= byte == UInt8(ascii: "#") ? 2 : 0
                found |= byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: ";") ? 4 : 0
            }
            self.rawValue = found
        }
    }

    /// - Parameter isPlain: nothing is escaped, and none of the characters that no segment may hold is there.
    private static func segment(_ piece: ArraySlice<UInt8>, isPlain: Bool) throws(RequestError) -> String {
        guard let first = piece.first else { throw self.refused("the path holds an empty segment") }
        if isPlain, first != UInt8(ascii: ".") { return String(decoding: piece, as: UTF8.self) }
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
        return text
    }

    private static func decoded(_ piece: ArraySlice<UInt8>, what: String) throws(RequestError) -> String {
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
