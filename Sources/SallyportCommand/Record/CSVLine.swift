/// One line of CSV (RFC 4180), its line end CRLF.
///
/// A field is in quotes if it holds a quote, a comma, a line end, a space at its edge, or begins as a spreadsheet's
/// formula does. Values stay as they are: nothing is put in front of them, so whoever opens the file in a spreadsheet
/// imports its columns as text.
enum CSVLine {
    /// - Parameter isForTerminal: write what a terminal would obey as an escape instead.
    static func bytes(_ fields: [String], isForTerminal: Bool = false) -> [UInt8] {
        let line = fields.map { Self.field(isForTerminal ? TerminalText.escaped($0) : $0) }.joined(separator: ",")
        return Array(line.utf8) + [0x0D, 0x0A]
    }

    private static func field(_ text: String) -> String {
        let special = Array("\",\r\n".utf8)
        let needsQuotes =
            text.utf8.contains { special.contains($0) } || text.utf8.first.map { "=+-@\t ".utf8.contains($0) } ?? false
            || text.utf8.last == UInt8(ascii: " ")
        guard needsQuotes else { return text }
        var out = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { out += "\"" }
            out.unicodeScalars.append(scalar)
        }
        return out + "\""
    }
}
