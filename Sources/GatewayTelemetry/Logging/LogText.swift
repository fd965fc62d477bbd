/// Text made safe for a line: whatever a value holds, it cannot end the line, forge another one, or steer a terminal.
enum LogText {
    /// Longer texts are cut, in UTF-8 bytes: a log is no place for bodies.
    static let longest = 16_384

    /// Escaped as inside a JSON string, without the quotes.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in Self.bounded(text).unicodeScalars {
            switch scalar {
            case "\"": result.append(contentsOf: #"\""#.unicodeScalars)
            case "\\": result.append(contentsOf: #"\\"#.unicodeScalars)
            default: Self.append(scalar, to: &result)
            }
        }
        return String(result)
    }

    /// As it is, but for control characters, which are escaped.
    static func plain(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in Self.bounded(text).unicodeScalars { Self.append(scalar, to: &result) }
        return String(result)
    }

    /// Whether a value must stand in quotes to be told from what follows it.
    static func needsQuotes(_ text: String) -> Bool {
        text.isEmpty
            || text.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "=" || $0 == "\\" || Self.isControl($0) }
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String.UnicodeScalarView) {
        switch scalar {
        case "\n": result.append(contentsOf: #"\n"#.unicodeScalars)
        case "\r": result.append(contentsOf: #"\r"#.unicodeScalars)
        case "\t": result.append(contentsOf: #"\t"#.unicodeScalars)
        case _ where Self.isControl(scalar):
            let hex = String(scalar.value, radix: 16)
            result.append(contentsOf: "\\u\(String(repeating: "0", count: 4 - hex.utf8.count))\(hex)".unicodeScalars)
        default: result.append(scalar)
        }
    }

    /// C0, DEL and C1; the two line separators of Unicode; marks that turn the direction of writing and so can make
    /// a line look like another.
    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x2028, 0x2029, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > Self.longest else { return text }
        let end = text.utf8.index(text.utf8.startIndex, offsetBy: Self.longest)
        let whole = text.unicodeScalars.prefix(upTo: text.unicodeScalars.index(before: end))
        return String(whole) + "…"
    }
}
