import Foundation
import GatewayTestSupport
import Redaction
import Testing

@Suite struct ScrubberTests {
    /// Something of everything that an encoding changes.
    static let value = "pä\"ss\\wo/rd +&<'>\n😀="

    private func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
    private func wide(_ text: String) -> [UInt8] {
        text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    /// How the value comes back from other programs, written by hand or by Foundation, not by our own encoders.
    static func encodings() throws -> [(String, String)] {
        let plain = Array(value.utf8)
        let encoder = JSONEncoder()
        let slashed = String(decoding: try encoder.encode([value]), as: UTF8.self).dropFirst(2).dropLast(2)
        encoder.outputFormatting = .withoutEscapingSlashes
        let usual = String(decoding: try encoder.encode([value]), as: UTF8.self).dropFirst(2).dropLast(2)
        let twice = String(decoding: try encoder.encode([String(usual)]), as: UTF8.self).dropFirst(2).dropLast(2)
        let hexadecimal = plain.map { byte -> String in
            let isKept = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8.contains(byte)
            return isKept ? String(UnicodeScalar(byte)) : String(format: "%%%02X", byte)
        }.joined()
        let script = try #require(
            value.addingPercentEncoding(
                withAllowedCharacters: CharacterSet(charactersIn: "-_.!~*'()").union(
                    .alphanumerics.intersection(.init(charactersIn: "a"..."z")))))
        return [
            ("plain", value), ("JSON", String(usual)), ("JSON with escaped slashes", String(slashed)),
            ("JSON in JSON", String(twice)),
            ("Python's JSON", #"p\u00e4\"ss\\wo/rd +&<'>\n\ud83d\ude00="#),
            (".NET's JSON", #"p\u00E4\u0022ss\\wo/rd \u002B\u0026\u003C\u0027\u003E\n\uD83D\uDE00="#),
            ("XML", #"pä&quot;ss\wo/rd +&amp;&lt;'&gt;"# + "\n😀="), ("URL", hexadecimal),
            (
                "URL, lower case",
                hexadecimal.replacing("%C3%A4", with: "%c3%a4").replacing("%5C", with: "%5c")
                    .replacing("%2F", with: "%2f").replacing("%2B", with: "%2b").replacing("%3C", with: "%3c")
                    .replacing("%3E", with: "%3e").replacing("%0A", with: "%0a").replacing("%F0%9F", with: "%f0%9f")
                    .replacing("%3D", with: "%3d")
            ),
            ("JavaScript's URL", script), ("form", hexadecimal.replacing("%20", with: "+")),
        ]
    }

    @Test func findsEveryForm() throws {
        let scrubber = Scrubber([Secret(Self.value)])
        for (name, form) in try Self.encodings() {
            for text in [form, "before " + form + " after", form + form] {
                let (clean, removed) = scrubber.scrubbed(text)
                #expect(removed == (text == form + form ? 2 : 1), "\(name): \(form)")
                #expect(
                    clean.replacing(Scrubber.marker, with: "").allSatisfy { "before after".contains($0) }, "\(name)")
            }
        }
    }

    @Test func findsBase64AtEveryAlignment() {
        let scrubber = Scrubber([Secret(Self.value)])
        for lead in 0..<6 {
            for tail in 0..<4 {
                let bytes =
                    [UInt8](repeating: 0x2E, count: lead) + Array(Self.value.utf8)
                    + [UInt8](repeating: 0x21, count: tail)
                let text = self.base64(bytes)
                let safe = text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
                for form in [text, safe] {
                    let (clean, removed) = scrubber.scrubbed(form)
                    #expect(removed == 1)
                    // No more is left than the neighbours' characters.
                    #expect(clean.utf8.count <= Scrubber.marker.utf8.count + (lead + tail) * 4 / 3 + 8)
                }
            }
        }
    }

    /// PowerShell's `-EncodedCommand` is base64 of UTF-16, little end first.
    @Test func findsBase64OfUTF16() {
        let scrubber = Scrubber([Secret(Self.value)])
        for before in ["", "x", "xy", "xyz", "Write-Host '"] {
            #expect(scrubber.scrubbed(self.base64(self.wide(before + Self.value + "'"))).removed == 1)
        }
        let big = (Self.value).utf16.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        #expect(scrubber.scrubbed(self.base64(big)).removed == 1)
    }

    @Test func findsUTF16InAText() {
        let scrubber = Scrubber([Secret("hunter2!")])
        let text = String(decoding: self.wide("xhunter2!y"), as: UTF8.self)
        let (clean, removed) = scrubber.scrubbed(text)
        #expect(removed == 1 && !clean.contains("h\u{0}u"))
    }

    @Test func leavesShortValuesAlone() {
        for value in ["", "a", "abcde", "éé"] {
            let scrubber = Scrubber([Secret(value)])
            #expect(scrubber.isEmpty)
            #expect(scrubber.scrubbed("abcde éé a") == ("abcde éé a", 0))
        }
        #expect(Scrubber([Secret("abcdef")]).scrubbed("xabcdefx") == ("x[redacted]x", 1))
        #expect(Scrubber([Secret("ééé")]).scrubbed("ééé") == ("[redacted]", 1))
    }

    @Test(arguments: [
        (["abcdef", "defghi"], "xabcdefghiy", "x[redacted]y", 1),
        (["abcdef", "abcdefghi"], "abcdefghi", "[redacted]", 1),
        (["abcdef", "abcdefghi"], "abcdefghx", "[redacted]ghx", 1),
        (["bcdefg", "abcdefghi"], "abcdefghi", "[redacted]", 1),
        (["abcabc"], "abcabcabc", "[redacted]", 1), (["aaaaaa"], "aaaaaaa", "[redacted]", 1),
        (["abcdef", "ghijkl"], "abcdefghijkl", "[redacted][redacted]", 2),
        // A secret that the marker itself holds does not spoil it.
        (["redacted", "abcdef"], "abcdef redacted", "[redacted] [redacted]", 2),
        (["[redacted]"], "[redacted]", "[redacted]", 1), (["abcdef"], "abcde", "abcde", 0), (["abcdef"], "", "", 0),
        (["abcdef"], "ABCDEF", "ABCDEF", 0), (["abcdef"], "abcdeabcdef", "abcde[redacted]", 1),
    ])
    func overlapsLeaveNothing(_ secrets: [String], _ text: String, _ expected: String, _ count: Int) {
        let (clean, removed) = Scrubber(secrets.map(Secret.init)).scrubbed(text)
        #expect(clean == expected)
        #expect(removed == count)
    }

    @Test func aTextWithoutSecretsComesBackUnchanged() {
        let scrubber = Scrubber([Secret(Self.value)])
        for text in ["", "é\u{301}\u{0}\r\n", String(repeating: "x", count: 10_000), "😀"] {
            let (clean, removed) = scrubber.scrubbed(text)
            #expect(Array(clean.utf8) == Array(text.utf8) && removed == 0)
        }
    }

    @Test func formsAreFew() {
        for value in [Self.value, String(repeating: "&", count: 4_096), "simple-value"] {
            let forms = SecretForms.all(of: value)
            #expect(forms.count <= 40)
            #expect(forms.allSatisfy { $0.count <= value.utf8.count * 12 })
        }
        #expect(SecretForms.all(of: "simplevalue").contains(Array("simplevalue".utf8)))
    }

    @Test func tellsNothing() {
        let scrubber = Scrubber([Secret("CANARY-value")])
        #expect(!"\(Optional(scrubber.isEmpty) as Any)".contains("CANARY"))
        #expect(!String(reflecting: scrubber).contains("CANARY") && !"\(scrubber)".contains("CANARY"))
        var dumped = ""
        dump(scrubber, to: &dumped)
        // Not as bytes either: "67, 65, 78" is how an array of bytes would be told.
        #expect(!dumped.contains("67") && !"\(scrubber)".contains("67, 65, 78"))
    }
}
