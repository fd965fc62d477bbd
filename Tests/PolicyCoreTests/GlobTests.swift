import PolicyCore
import Testing

@Suite struct GlobTests {
    @Test(arguments: [
        ("web-*", "web-01", true), ("web-*", "WEB-01", true), ("WEB-*", "web-", true), ("web-*", "web", false),
        ("web-*", "xweb-1", false), ("*", "", true), ("*", "anything", true), ("a", "a", true), ("a", "ab", false),
        ("*-dc-*", "eu-DC-1", true), ("*-dc-*", "dc-1", false), ("a*b*c", "aXbYc", true), ("a*b*c", "acb", false),
        ("a*b*c", "abc", true), ("ab*ba", "aba", false), ("*aab*", "aaab", true), ("a**b", "ab", true),
        ("WEB-01", "web-01", true), ("web-01", "WEB-01", true), ("web-01", "web-02", false),
        ("*ab*ab", "abab", true), ("*ab*ab", "ab", false), ("ſ-ok", "s-ok", false), ("k", "\u{212A}", false),
    ])
    func matches(glob: String, name: String, expected: Bool) {
        #expect(((try? Glob(glob))?.matches(name) ?? false) == expected)
    }

    @Test(arguments: ["", "a/b", "a?", "[ab]", "a b", "é", "a\n", String(repeating: "a", count: 261)])
    func refuses(glob: String) {
        #expect(throws: Glob.Malformed.self) { try Glob(glob) }
    }

    @Test func keepsCaseWhereAsked() throws {
        let glob = try Glob("Log*", ignoresCase: false)
        #expect(glob.matches("Logs"))
        #expect(!glob.matches("logs"))
        #expect(try Glob("**").matchesEverything)
        #expect(try !Glob("*a").matchesEverything)
    }
}
