import Foundation
import Redaction
import Testing

/// Random secrets, written in random mixtures of escapes.
@Suite struct ScrubberMixtureTests {
    private static let alphabet = Array("abcXYZ019 -.~!@#$%^&*()_+=[]{}|\\:;\"'<>,.?/`\n\tüßé日本😀🔑".unicodeScalars)

    private func mixture(of text: String, _ numbers: inout SeededNumbers) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            let mustEscape = "%\\&_".unicodeScalars.contains(scalar)
            let units = String(scalar).utf16
            switch Int.random(in: mustEscape ? 3...9 : 0...9, using: &numbers) {
            case 0, 1, 2: out.unicodeScalars.append(scalar)
            case 3: out += String(scalar).utf8.map { String(format: "%%%02X", $0) }.joined()
            case 4: out += String(scalar).utf8.map { String(format: "%%%02x", $0) }.joined()
            case 5: out += units.map { String(format: "\\u%04X", $0) }.joined()
            case 6: out += units.map { String(format: "\\u%04x", $0) }.joined()
            case 7: out += "&#\(scalar.value);"
            case 8: out += "&#X0\(String(scalar.value, radix: 16, uppercase: true));"
            default: out += units.map { String(format: "_x%04X_", $0) }.joined()
            }
        }
        return out
    }

    @Test func everyMixtureIsFound() {
        var numbers = SeededNumbers(3)
        for round in 0..<600 {
            let scalars = (0..<Int.random(in: 6...24, using: &numbers)).compactMap { _ in
                Self.alphabet.randomElement(using: &numbers)
            }
            let secret = String(String.UnicodeScalarView(scalars))
            let scrubber = Scrubber([Secret(secret), Secret("something else")])
            var form = secret
            for _ in 0..<(round % 3 + 1) { form = self.mixture(of: form, &numbers) }
            #expect(
                scrubber.scrubbed("x: " + form + " :y") == ("x: [redacted] :y", 1),
                "\(secret) in \(round % 3 + 1) layers: \(form)")
        }
    }

    /// Against a search that tries everything everywhere.
    @Test func overlapsAgreeWithAPlainSearch() {
        var numbers = SeededNumbers(5)
        func word(_ count: ClosedRange<Int>) -> [UInt8] {
            (0..<Int.random(in: count, using: &numbers)).map { _ in Bool.random(using: &numbers) ? 0x61 : 0x62 }
        }
        for _ in 0..<800 {
            let secrets = (0..<Int.random(in: 1...12, using: &numbers)).map { _ in word(6...14) }
            let text = word(0...120)
            var isHidden = [Bool](repeating: false, count: text.count)
            // Whether this byte and the next belong to one match: what abuts without overlapping is two places.
            var isJoined = isHidden
            for secret in secrets {
                for begin in text.indices where text[begin...].starts(with: secret) {
                    for place in begin..<(begin + secret.count) {
                        isHidden[place] = true
                        if place + 1 < begin + secret.count { isJoined[place] = true }
                    }
                }
            }
            var expected = ""
            for place in text.indices {
                if !isHidden[place] {
                    expected.unicodeScalars.append(UnicodeScalar(text[place]))
                } else if !isJoined[place] {
                    expected += Scrubber.marker
                }
            }
            let scrubber = Scrubber(secrets.map { Secret(String(decoding: $0, as: UTF8.self)) })
            #expect(scrubber.scrubbed(String(decoding: text, as: UTF8.self)).0 == expected)
        }
    }
}
