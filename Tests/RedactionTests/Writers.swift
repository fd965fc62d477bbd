import Foundation

/// How programs write a text into a text: by Foundation where it has the writer, else as the tables of that language's
/// library say which characters it changes and how.
enum Writers {
    typealias Writer = (name: String, write: @Sendable (String) -> String)

    static let plain: [Writer] = [("plain", { $0 })]

    static let json: [Writer] = [
        ("Foundation's JSON", { foundation($0, []) }),
        ("Foundation's JSON without escaped slashes", { foundation($0, .withoutEscapingSlashes) }),
        ("Go's JSON", { text in jsonText(text) { "<>&\u{2028}\u{2029}".unicodeScalars.contains($0) ? .lower : nil } }),
        ("PowerShell 5.1's JSON", { text in jsonText(text) { "<>&'".unicodeScalars.contains($0) ? .lower : nil } }),
        (
            ".NET's JSON",
            { text in
                jsonText(text) { $0.value > 0x7E || "\"&'+<>`".unicodeScalars.contains($0) ? .upper : nil }
            }
        ),
        ("Python's JSON", { text in jsonText(text) { $0.value > 0x7E ? .lower : nil } }),
        ("PHP's JSON", { text in jsonText(text, escapesSlash: true) { $0.value > 0x7E ? .lower : nil } }),
        ("all escaped", { text in jsonText(text) { _ in .lower } }),
    ]

    static let url: [Writer] = [
        ("Foundation's URL", { $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }),
        (".NET's Uri", { percent($0, keeping: "-._~") }),
        (".NET's WebUtility", { percent($0, keeping: "-._!*()", space: "+") }),
        (".NET's HttpUtility", { percent($0, keeping: "-._!*()", space: "+", isUpper: false) }),
        ("PHP's urlencode", { percent($0, keeping: "-._", space: "+") }),
        ("PHP's rawurlencode", { percent($0, keeping: "-._~") }),
        ("JavaScript's encodeURIComponent", { percent($0, keeping: "-_.!~*'()") }),
        ("JavaScript's encodeURI", { percent($0, keeping: "-_.!~*'();/?:@&=+$,#") }),
        ("Python's quote", { percent($0, keeping: "-_.~/") }),
        ("Go's QueryEscape", { percent($0, keeping: "-_.~", space: "+") }),
        ("Go's PathEscape", { percent($0, keeping: "-_.~$&+=:@") }),
        ("all of it", { text in text.utf8.map { String(format: "%%%02x", $0) }.joined() }),
    ]

    static let markup: [Writer] = [
        ("XML text", { entities($0, ["&": "&amp;", "<": "&lt;", ">": "&gt;"]) }),
        (
            "XML attribute",
            {
                entities(
                    $0,
                    [
                        "&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&apos;", "\n": "&#10;",
                        "\t": "&#9;", "\r": "&#xD;", "\r\n": "&#xD;&#xA;",
                    ])
            }
        ),
        (
            "Python's HTML",
            { entities($0, ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#x27;"]) }
        ),
        (
            "Go's HTML",
            { entities($0, ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&#34;", "'": "&#39;"]) }
        ),
        (
            "PHP's HTML",
            { entities($0, ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#039;"]) }
        ),
        ("all by number", { text in text.unicodeScalars.map { "&#\($0.value);" }.joined() }),
        ("all by hexadecimal number", { text in text.unicodeScalars.map { "&#x" + hex($0.value) + ";" }.joined() }),
        (
            "CLIXML",
            { text in
                let lines = text.unicodeScalars.map { scalar in
                    scalar.value < 0x20 || scalar.value > 0xFFFF || scalar == "_"
                        ? String(scalar).utf16.map { String(format: "_x%04X_", $0) }.joined() : String(scalar)
                }.joined()
                return entities(lines, ["&": "&amp;", "<": "&lt;", ">": "&gt;"])
            }
        ),
    ]

    static let lines: [Writer] = [
        ("CR LF", { $0.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n") }),
        ("shell", { text in text.map { "\\ \"'$`&<>~".contains($0) ? "\\\($0)" : "\($0)" }.joined() }),
    ]

    static var escapes: [Writer] { self.json + self.url + self.markup }

    enum Digits { case upper, lower }

    private static func foundation(_ text: String, _ formatting: JSONEncoder.OutputFormatting) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        let encoded = (try? encoder.encode([text])) ?? Data()
        return String(String(decoding: encoded, as: UTF8.self).dropFirst(2).dropLast(2))
    }

    private static func jsonText(
        _ text: String, escapesSlash: Bool = false, _ digits: (Unicode.Scalar) -> Digits?
    ) -> String {
        text.unicodeScalars.map { scalar in
            if let digits = digits(scalar) {
                return String(scalar).utf16.map { unit in
                    String(format: digits == .upper ? "\\u%04X" : "\\u%04x", unit)
                }.joined()
            }
            switch scalar {
            case "\"", "\\": return "\\" + String(scalar)
            case "/" where escapesSlash: return "\\/"
            case "\n": return "\\n"
            case "\r": return "\\r"
            case "\t": return "\\t"
            default: return scalar.value < 0x20 ? String(format: "\\u%04x", scalar.value) : String(scalar)
            }
        }.joined()
    }

    private static func percent(
        _ text: String, keeping kept: String, space: String = "%20", isUpper: Bool = true
    ) -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            if byte < 0x80, character.isLetter || character.isNumber || kept.contains(character) {
                return String(character)
            }
            return byte == 0x20 ? space : String(format: isUpper ? "%%%02X" : "%%%02x", byte)
        }.joined()
    }

    private static func entities(_ text: String, _ table: [Character: String]) -> String {
        text.map { table[$0] ?? String($0) }.joined()
    }

    private static func hex(_ value: UInt32) -> String { String(value, radix: 16) }
}

/// Ways in which base64 comes.
enum Base64Writers {
    static func little(_ text: String) -> [UInt8] {
        text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    static func wrapped(_ text: String, _ width: Int, _ end: String) -> String {
        var lines: [Substring] = []
        var rest = text[...]
        while !rest.isEmpty {
            lines.append(rest.prefix(width))
            rest = rest.dropFirst(width)
        }
        return lines.joined(separator: end)
    }

    static let all: [Writers.Writer] = {
        var writers: [Writers.Writer] = [
            ("as it is", { $0 }),
            ("of the other alphabet", { $0.replacing("+", with: "-").replacing("/", with: "_") }),
            (
                "of the other alphabet without padding",
                { $0.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "") }
            ),
            ("in a URL", { Writers.url[1].write($0) }), ("in a URL, all of it", { Writers.url[11].write($0) }),
            ("in JSON with escaped slashes", { $0.replacing("/", with: "\\/") }),
            ("in .NET's JSON", { $0.replacing("+", with: "\\u002B") }),
            ("in XML, with indented lines", { "\n    " + wrapped($0, 40, "\n    ") + "\n" }),
        ]
        for width in [64, 76] {
            for (name, end) in [("LF", "\n"), ("CR LF", "\r\n")] {
                writers.append(("lines of \(width), \(name)", { wrapped($0, width, end) }))
                for writer in [Writers.json[0], Writers.json[4], Writers.url[1], Writers.markup[7]] {
                    writers.append(
                        ("lines of \(width), \(name), in \(writer.name)", { writer.write(wrapped($0, width, end)) }))
                }
                writers.append(
                    (
                        "lines of \(width), \(name), in JSON in JSON",
                        { Writers.json[0].write(Writers.json[0].write(wrapped($0, width, end))) }
                    ))
            }
        }
        return writers
    }()
}

/// Random numbers that are the same in each run.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var word = self.state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
