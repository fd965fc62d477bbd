/// A request target taken apart as a web server of the .NET kind does: one trailing slash is nothing, segments are
/// percent-decoded once, names of queries compare in any case, and the first of two wins.
struct RequestTarget: Sendable, Equatable {
    /// Decoded segments, without the empty one before the first slash; repeated slashes count as one.
    var segments: [String]
    /// Decoded names and values in their order.
    var query: [(name: String, value: String)]
    /// The path as it came, without query.
    var rawPath: String
    /// The query as it came, without its question mark; empty if there is none.
    var rawQuery: String

    init(_ target: String) {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        self.rawPath = String(parts[0])
        self.rawQuery = parts.count > 1 ? String(parts[1]) : ""
        self.segments = parts[0].split(separator: "/").map { Self.decode($0, plusIsSpace: false) }
        self.query = Self.pairs(self.rawQuery)
    }

    /// The value of the first query of this name in any ASCII case, or nil.
    func query(_ name: String) -> String? {
        let wanted = name.lowercased()
        return self.query.first { $0.name.lowercased() == wanted }?.value
    }

    /// Names and values of a query or of a form body.
    static func pairs(_ text: some StringProtocol) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                Self.decode(sides[0], plusIsSpace: true),
                sides.count > 1 ? Self.decode(sides[1], plusIsSpace: true) : ""
            )
        }
    }

    private static func decode(_ text: some StringProtocol, plusIsSpace: Bool) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func == (left: RequestTarget, right: RequestTarget) -> Bool {
        left.rawPath == right.rawPath && left.rawQuery == right.rawQuery
    }
}
