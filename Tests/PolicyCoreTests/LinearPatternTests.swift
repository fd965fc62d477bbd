import PolicyCore
import Testing

@Suite struct LinearPatternTests {
    @Test(arguments: [
        ("/var/[a-z/]{1,64}", "/var/log", true), ("/var/[a-z/]{1,64}", "/var/", false),
        ("/var/[a-z/]{1,64}", "/var/Log", false), ("/var/[a-z/]{1,64}", "x/var/log", false),
        ("/var/[a-z/]{1,64}", "/var/log\n", false), ("a|b", "a", true), ("a|b", "ab", false),
        ("ab|cd|ef", "cd", true), ("ab|cd|ef", "ad", false), ("(ab)+", "ababab", true), ("(ab)+", "aba", false),
        ("(?:ab)*", "", true), ("a?b", "b", true), ("a?b", "aab", false), ("a{3}", "aaa", true), ("a{3}", "aa", false),
        ("a{3}", "aaaa", false), ("a{2,}", "a", false), ("a{2,}", "aaaaa", true), ("a{0,2}", "", true),
        ("a{0,2}", "aaa", false), ("\\d+", "0123456789", true), ("\\d+", "١", false), ("\\w+", "aZ_9", true),
        ("\\w+", "é", false), ("[^;]+", "a b", true), ("[^;]+", "a\nb", false), ("[^;]+", "a;b", false),
        (".+", "grüße ☕", true), (".+", "a\tb", false), ("\\S+", "a b", false), ("a\\sb", "a\nb", true),
        ("a\\nb", "a\nb", true), ("[a\\n]+", "a\na", true), ("\\.\\*\\[\\]\\{\\}\\(\\)\\\\", ".*[]{}()\\", true),
        ("[a-z0-9_.-]+", "a-b.c_9", true), ("[-a]+", "-a", true), ("[a-]+", "a-", true), ("[\\]\\[]+", "][", true),
        ("[\\d_]+", "1_2", true), ("(a|b(c|d)?)*", "abcbdb", true), ("((a*)*)*", "aaaa", true),
        ("((a*)*)*", "b", false),
        ("x(a|)", "x", false), ("[\\u]", "u", false),
    ])
    func matches(pattern: String, value: String, expected: Bool) {
        let compiled = try? LinearPattern(pattern)
        #expect((compiled?.matches(value) ?? false) == expected)
    }

    @Test(arguments: [
        "", "^a", "a$", "*a", "a**", "a*?", "a++", "a{2}{3}", "a{", "a{x}", "a{1", "a{3,2}", "a{0}", "a{1025}", "(a",
        "a)", "()", "a||b", "|a", "a|", "[a", "[]", "[^]", "[z-a]", "[A-z]", "[\\d-z]", "[[:alpha:]]", "a]", "a}",
        "\\1",
        "\\b", "\\x41", "\\p{L}", "a\\", "(?i)a", "(?=a)", "(?<n>a)", "(?!a)", "[\\D]",
        String(repeating: "a", count: 513), String(repeating: "(", count: 33) + "a" + String(repeating: ")", count: 33),
        "(a{1,1000}){1,1000}", "((((a{99}){99}){99}){99}){99}",
    ])
    func refuses(pattern: String) {
        #expect(throws: PatternError.self) { try LinearPattern(pattern) }
    }

    @Test func namesThePlace() throws {
        let error = try #require(throws: PatternError.self) { try LinearPattern("ab$") }
        #expect(error.place == 3)
        #expect(error.message.contains("covers the whole value anyway"))
    }

    /// Patterns that take exponential time where alternatives are tried one after another. Counted, not timed: each
    /// character visits each step at most once.
    @Test(arguments: ["(a*)*b", "(a|a)*b", "(a|aa)+b", "(a?){50}a{50}b", "(.*)*(.*)*(.*)*b", "([a-z]+)*b"])
    func isLinear(pattern: String) throws {
        let compiled = try LinearPattern(pattern)
        for length in [10, 100, 1_000, 4_000] {
            var visits = 0
            let matched = compiled.matches(String(repeating: "a", count: length), visits: &visits)
            #expect(!matched)
            #expect(visits > length)
            #expect(visits <= (length + 1) * compiled.stepCount)
        }
    }
}
