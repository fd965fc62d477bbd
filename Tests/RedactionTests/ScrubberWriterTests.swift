import Foundation
import Redaction
import Testing

/// Secrets that come back through other programs.
@Suite struct ScrubberWriterTests {
    static let token: String = {
        var numbers = SeededNumbers(7)
        func part(_ count: Int) -> String {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &numbers) }
            return Base64URL.encode(bytes)
        }
        return "eyJ" + part(30) + "." + part(240) + "." + part(256)
    }()

    static let secrets = [
        "hunter", "p4ss\"w'rd", "a<b>c&d'e\"f", "~tilde~!", "with a space", "one+two/three==", "müller-straße",
        "😀smile😀", "line one\nline two\n", "line one\r\nline two", "tab\tand\\back\\slash/", "(!*'();:@&=+$,/?#[])",
        "DOMAIN\\user_name:pä%ss", "sv=2022&sp=rw&sig=Zm9vYmFy%2BZm9v%3D", "日本語のパスワード", token,
    ]

    /// It reads as escapes of every kind, and is none.
    static let deceptive = #"a%2Fb\nc&amp;d"e_x0041_f<g"#

    private func check(_ secret: String, _ form: String, _ name: String) {
        let scrubber = Scrubber([Secret(secret)])
        for (before, after) in [("", ""), ("before ", " after"), ("{\"é\": '", "', 5}")] {
            let (clean, removed) = scrubber.scrubbed(before + form + after)
            #expect(removed == 1, "\(name): \(form)")
            #expect(clean == before + Scrubber.marker + after, "\(name): \(form)")
        }
        #expect(scrubber.scrubbed(form + " " + form).removed == 2, "\(name): \(form)")
    }

    @Test(arguments: secrets + [deceptive]) func everyWriter(_ secret: String) {
        #expect(Self.token.utf8.count > 690)
        for writer in Writers.plain + Writers.escapes + Writers.lines {
            self.check(secret, writer.write(secret), writer.name)
        }
    }

    @Test(arguments: secrets) func oneWriterInAnother(_ secret: String) {
        guard secret.utf8.count < 100 else { return }
        let scrubber = Scrubber([Secret(secret)])
        for inner in Writers.escapes {
            let once = inner.write(secret)
            for outer in Writers.escapes {
                let form = outer.write(once)
                #expect(
                    scrubber.scrubbed("x: " + form + " y") == ("x: [redacted] y", 1),
                    "\(inner.name) in \(outer.name): \(form)")
            }
        }
        for writer in Writers.escapes where !writer.name.hasPrefix("all") {
            let form = writer.write(writer.write(writer.write(secret)))
            #expect(scrubber.scrubbed(form) == ("[redacted]", 1), "\(writer.name) three times: \(form)")
        }
    }

    @Test(arguments: secrets + [deceptive]) func base64OfEveryKind(_ secret: String) {
        let scrubber = Scrubber([Secret(secret)])
        for (kind, bytes) in [("UTF-8", { Array($0.utf8) }), ("UTF-16", Base64Writers.little)]
            as [(String, (String) -> [UInt8])]
        {
            for (lead, tail) in [
                ("", ""), ("x", ""), ("xy", "'; exit 0"), (String(repeating: "Write-Host ", count: 9), "!"),
            ] {
                let text = Data(bytes(lead + secret + tail)).base64EncodedString()
                for writer in Base64Writers.all {
                    let form = writer.write(text)
                    let (clean, removed) = scrubber.scrubbed("-EncodedCommand " + form)
                    #expect(removed == 1, "\(kind), \(lead.count) before, \(writer.name): \(form)")
                    // Padding and line ends at most.
                    if lead.isEmpty { #expect(clean.utf8.count <= 16 + 10 + 32, "\(writer.name): \(clean)") }
                }
            }
        }
    }

    /// An escaped text in base64, as a document is stored.
    @Test(arguments: secrets) func escapesInBase64(_ secret: String) {
        let scrubber = Scrubber([Secret(secret)])
        for writer in Writers.escapes {
            let text = Data("{\"a\":\"\(writer.write(secret))\"}".utf8).base64EncodedString()
            #expect(scrubber.scrubbed(text).removed == 1, "\(writer.name)")
        }
    }

    @Test func nothingIsFoundWhereNothingIs() {
        var numbers = SeededNumbers(11)
        let scrubber = Scrubber((Self.secrets + [Self.deceptive]).map(Secret.init))
        let random = (0..<6_000).map { _ in UInt8.random(in: 0...255, using: &numbers) }
        var texts = [
            "", "hunte", "Hunter", "h u n t e r", "hun\nter", "/subscriptions/00000000/resourceGroups/g/providers/x",
            String(repeating: "The quick brown fox jumps over the lazy dog.\r\n", count: 40),
            String(repeating: "%41\\u0041&#65;_x0041_\\\\\\n", count: 40), String(repeating: "\u{0}", count: 99),
            Data(random).base64EncodedString(options: .lineLength76Characters),
            String(decoding: random.map { $0 & 0x7F }, as: UTF8.self),
            // Cut short by one byte, in some forms.
            "with a spac", "with+a+spac%6", "d2l0aCBhIHNwYWM=", "müller-stra\\u00de",
        ]
        for _ in 0..<200 {
            let alphabet = Array("ab%\\u0&#;x_41nrs \"'/+<>\r\n😀ü")
            texts.append(String((0..<200).compactMap { _ in alphabet.randomElement(using: &numbers) }))
        }
        for text in texts {
            let (clean, removed) = scrubber.scrubbed(text)
            #expect(removed == 0, "\(text)")
            #expect(Array(clean.utf8) == Array(text.utf8))
        }
    }

    @Test func escapesThatAreNoneStayAndBreakNothing() {
        let scrubber = Scrubber([Secret("secret-value")])
        for text in [
            "%", "%4", "%zz", "%u12", "\\", "\\u", "\\u12", "\\x4", "\\q", "&", "&;", "&#;", "&#x;", "&#xZ;", "&lt",
            "&#1114112;", "&#99999999999;", "_x", "_x12", "_x0041", "\\ud83d", "\\ude00", "\\ud83d\\u0041", "&#xD83D;",
        ] {
            #expect(scrubber.scrubbed(text + text + "      ") == (text + text + "      ", 0))
            #expect(scrubber.scrubbed(text + " secret\\u002dvalue " + text) == (text + " [redacted] " + text, 1))
        }
    }
}
