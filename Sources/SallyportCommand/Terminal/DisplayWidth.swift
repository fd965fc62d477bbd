/// How many columns of a terminal a text takes.
enum DisplayWidth {
    static func of(_ text: String) -> Int { text.unicodeScalars.reduce(0) { $0 + Self.of($1) } }

    /// The text, or its beginning and `…`, in at most `columns`.
    static func cut(_ text: String, to columns: Int) -> String {
        guard Self.of(text) > columns else { return text }
        guard columns > 0 else { return "" }
        var out = ""
        var left = columns - 1
        for scalar in text.unicodeScalars {
            left -= Self.of(scalar)
            if left < 0 { break }
            out.unicodeScalars.append(scalar)
        }
        return out + "…"
    }

    /// Marks sit on the character before them; East Asian letters and pictures take two columns (UAX #11, W and F).
    private static func of(_ scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97C, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
