import ARMModel
import Testing

@Suite struct ScriptTextTests {
    /// Digests from `printf … | sha256sum`.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ])
    func knownDigests(_ text: String, _ digest: String) { #expect(ScriptText(text).digest == digest) }

    @Test(arguments: [
        ("a\n", "a"), ("a\r\n", "a"), ("a\n\r\n\n", "a"), ("\n", ""), ("a\r\nb\r\n", "a\r\nb"), ("a ", "a "),
        ("\na", "\na"),
        ("a\n ", "a\n "), ("a\u{2028}", "a\u{2028}"), ("a\u{B}", "a\u{B}"), ("a\u{85}", "a\u{85}"),
    ])
    func onlyLineEndsAtTheVeryEndGo(_ text: String, _ expected: String) {
        #expect(Array(ScriptText(text).text.utf8) == Array(expected.utf8))
        #expect(ScriptText(text) == ScriptText(expected))
    }

    @Test func linesAndFileAreOne() {
        #expect(ScriptText(lines: ["a", "b", ""]) == ScriptText("a\nb\n"))
        #expect(ScriptText(lines: ["a\nb"]) == ScriptText(lines: ["a", "b"]))
        #expect(ScriptText(lines: []) == ScriptText(""))
        #expect(ScriptText("a\r\nb").digest != ScriptText("a\nb").digest)
    }

    /// Canonically equivalent texts are other bytes, so other scripts, though Swift calls the texts equal.
    @Test func equalityIsThatOfBytes() {
        #expect(ScriptText("e\u{301}") != ScriptText("\u{E9}"))
        #expect(ScriptText("\u{212A}") != ScriptText("K"))
    }

    @Test(arguments: ["", "a", "a\nb", "a\r\nb", "\n\na", "a\n\n\nb", "é\n\u{301}x", "a\r\n\u{200D}\nb", "\r\n\r\nx"])
    func linesGiveTheTextBack(_ text: String) {
        let script = ScriptText(text)
        #expect(Array(script.lines.joined(separator: "\n").utf8) == Array(script.text.utf8))
        #expect(ScriptText(lines: script.lines) == script)
        #expect(!script.lines.contains { $0.utf8.contains(0x0A) })
    }
}
