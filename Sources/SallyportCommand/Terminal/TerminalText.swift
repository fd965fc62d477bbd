/// Makes text from a record, a file or a server harmless on a terminal.
///
/// Escape sequences could rewrite what stands above them, and marks of direction or of no width could make one script
/// look like another. Whatever is not meant to be seen is written as `\n`, `\r`, `\t` or `\u{HEX}`.
enum TerminalText {
    /// - Parameter keepsTabs: leave tabs as they are, for the lines of a script.
    static func escaped(_ text: String, keepsTabs: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: { Self.isHidden($0) }) else { return text }
        var out = ""
        for scalar in text.unicodeScalars {
            if !Self.isHidden(scalar) || (keepsTabs && scalar == "\t") {
                out.unicodeScalars.append(scalar)
                continue
            }
            switch scalar {
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            default: out += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            }
        }
        return out
    }

    /// JSON text with every hidden character of its strings written as `\uXXXX`: the same value, harmless to show.
    ///
    /// - Parameter json: valid JSON, so that anything hidden stands within a string.
    static func escapedJSON(_ json: [UInt8]) -> [UInt8] {
        // Below 0x7F the JSON writer has escaped what JSON wants escaped, and that is all there is to hide.
        guard json.contains(where: { $0 >= 0x7F }) else { return json }
        var out: [UInt8] = []
        out.reserveCapacity(json.count + 64)
        for scalar in String(decoding: json, as: UTF8.self).unicodeScalars {
            guard Self.isHidden(scalar) else {
                out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
                continue
            }
            for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
                let digits = String(unit, radix: 16)
                out += Array("\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8)
            }
        }
        return out
    }

    /// Controls of both sets, marks of direction and of no width, separators that end a line, and what is no character.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: return true
        // Fillers are letters that nobody can see, and variation selectors and the joiner are marks that nobody can.
        case .otherLetter, .nonspacingMark: return scalar.properties.isDefaultIgnorableCodePoint
        default: return false
        }
    }
}
