/// Comparison of names without letter case, wide enough for every reader on the other side: .NET's ordinal
/// ignore-case, its cultures with a dotless i, and Unicode's mappings. It rather finds two names equal too often.
package enum CaseFolding {
    package static func areVariants(_ a: String, _ b: String) -> Bool {
        let left = a.utf8
        let right = b.utf8
        if left.allSatisfy({ $0 < 0x80 }), right.allSatisfy({ $0 < 0x80 }) {
            return left.count == right.count && zip(left, right).allSatisfy { Self.lower($0) == Self.lower($1) }
        }
        return Self.folded(a) == Self.folded(b)
    }

    package static func folded(_ name: String) -> String {
        if name.utf8.allSatisfy({ $0 < 0x80 }) {
            return String(decoding: name.utf8.map(Self.lower), as: UTF8.self)
        }
        var out = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "\u{130}", "\u{131}": out += "i"
            case "\u{17F}": out += "s"
            case "\u{212A}": out += "k"
            case "\u{307}": continue  // the dot that İ leaves behind in some mappings
            default:
                // By way of the lower case first: a capital sharp s has an upper case only so.
                for lower in scalar.properties.lowercaseMapping.unicodeScalars {
                    for upper in lower.properties.uppercaseMapping.unicodeScalars {
                        out += upper.properties.lowercaseMapping
                    }
                }
            }
        }
        return out
    }

    private static func lower(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
