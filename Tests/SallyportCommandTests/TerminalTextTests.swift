import Testing

@testable import SallyportCommand

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("plain – ünï 東京", "plain – ünï 東京"), ("a\u{1B}[31mb", #"a\u{1B}[31mb"#), ("a\r\n\tb", #"a\r\n\tb"#),
        ("\u{9B}2J\u{7F}", #"\u{9B}2J\u{7F}"#), ("\u{202E}\u{2066}\u{200F}", #"\u{202E}\u{2066}\u{200F}"#),
        ("\u{200B}\u{FEFF}\u{AD}\u{E0041}", #"\u{200B}\u{FEFF}\u{AD}\u{E0041}"#),
        ("\u{2028}\u{2029}\u{3164}\u{FE0F}", #"\u{2028}\u{2029}\u{3164}\u{FE0F}"#), ("e\u{301}", "e\u{301}"),
    ])
    func escapes(text: String, shown: String) {
        #expect(Array(TerminalText.escaped(text).unicodeScalars) == Array(shown.unicodeScalars))
    }

    @Test func jsonKeepsItsValue() {
        let text = "\u{7F}\u{9B}\u{202E}\u{E0041} ü"
        let escaped = TerminalText.escapedJSON(Array("\"\(text)\"".utf8))
        #expect(String(decoding: escaped, as: UTF8.self) == #""\u007f\u009b\u202e\udb40\udc41 ü""#)
    }

    @Test(arguments: [("web-server", 5, "web-…"), ("web", 3, "web"), ("東京都", 5, "東京…"), ("東京都", 4, "東…"), ("a", 0, "")])
    func cuts(text: String, columns: Int, shown: String) {
        #expect(DisplayWidth.cut(text, to: columns) == shown)
        #expect(DisplayWidth.of(shown) <= columns)
    }

    @Test(arguments: [
        (["a", "b c", ""], "a,b c,\r\n"), ([#"say "no""#, "x,y"], "\"say \"\"no\"\"\",\"x,y\"\r\n"),
        (["=1+1", "+1", "-1", "@x", "1-1"], "\"=1+1\",\"+1\",\"-1\",\"@x\",1-1\r\n"), (["a\r\nb"], "\"a\r\nb\"\r\n"),
    ])
    func csv(fields: [String], line: String) {
        #expect(CSVLine.bytes(fields) == Array(line.utf8))
    }
}
