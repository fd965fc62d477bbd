import Foundation
import Redaction
import Testing

/// Work is counted in steps, so that these tests say the same on every machine: whatever the secrets and the text, it
/// is linear in their lengths.
@Suite struct ScrubberEffortTests {
    private func steps(_ scrubber: Scrubber, _ text: String) -> Int {
        var steps = 0
        _ = scrubber.scrubbed(text, steps: &steps)
        return steps
    }

    /// A text is looked at once as it is, and in four alignments as base64, each of three quarters of its length; a
    /// state is left for a shorter one at most as often as a byte was read.
    @Test(arguments: [32_768, 65_536]) func secretsThatLookLikeTheTextCostNoMore(_ length: Int) {
        let nested = Scrubber((0..<64).map { Secret(String(repeating: "a", count: 4_096 - $0)) })
        let broken = Scrubber((0..<64).map { Secret(String(repeating: "a", count: 1_024 - $0) + "b") })
        let text = String(repeating: "a", count: length)
        for scrubber in [nested, broken] {
            for text in [text, String(text.dropLast()) + "c", String(repeating: "aaaaaaac", count: length / 8)] {
                #expect(self.steps(scrubber, text) <= 2 * 4 * length)
            }
        }
        #expect(nested.scrubbed(text) == ("[redacted]", 1))
        let rest = String(repeating: "a", count: length - 1_024)
        #expect(broken.scrubbed(text + "b") == (rest + Scrubber.marker, 1))
    }

    /// Each layer of escapes is looked at again, and zeros are a sign of UTF-16, in four alignments.
    @Test func textsMadeToBeReadInManyWaysStayLinear() {
        let scrubber = Scrubber([Secret("日本語のパスワード"), Secret("aaaaaaaaab")])
        for unit in [
            "%2525252541", #"\\\\\\\\"#, "&amp;amp;amp;#65;", "AAAAAAAA\n", "\u{0}a", "A\\/A", "_x0041_", "\r\n",
        ] {
            var efforts: [Int] = []
            for count in [2_000, 4_000] {
                let text = String(repeating: unit, count: count)
                let steps = self.steps(scrubber, text)
                #expect(steps <= 128 * text.utf8.count, "\(unit)")
                efforts.append(steps)
            }
            #expect(efforts[1] <= 2 * efforts[0] + 1_000, "\(unit)")
        }
    }

    @Test func layingOutIsLinearInTheSecrets() {
        func steps(_ secrets: [String]) -> (steps: Int, bytes: Int) {
            var steps = 0
            _ = Scrubber(secrets.map(Secret.init), steps: &steps)
            return (steps, secrets.reduce(0) { $0 + $1.utf8.count })
        }
        var numbers = SeededNumbers(1)
        let random = (0..<64).map { _ in
            String(
                (0..<2_000).compactMap { _ in "abcdefghijklmnopqrstuvwxyz0123456789".randomElement(using: &numbers) })
        }
        let nested = (0..<64).map { String(repeating: "a", count: 2_000 - $0) }
        let broken = (0..<64).map {
            String(repeating: "a", count: 1_000 - $0) + "b" + String(repeating: "a", count: 999)
        }
        let many = (0..<5_000).map { "secret\($0)" }
        for secrets in [random, nested, broken, many] {
            let effort = steps(secrets)
            #expect(effort.steps <= 4 * effort.bytes)
        }
        // Readings of what looks like escapes are more patterns, but no more than bounded.
        let escaped = (0..<16).map { "\($0)" + String(repeating: #"%41\n&amp;_x0041_"#, count: 100) }
        let effort = steps(escaped)
        #expect(effort.steps <= 4 * (5 * effort.bytes + 65_536))
    }

    @Test func withoutSecretsNothingIsLookedAt() {
        let text = String(repeating: "a", count: 100_000)
        #expect(self.steps(Scrubber([]), text) == 0)
        #expect(self.steps(Scrubber([Secret("short")]), text) == 0)
        #expect(self.steps(Scrubber([Secret("secret")]), "tiny") == 0)
    }
}
