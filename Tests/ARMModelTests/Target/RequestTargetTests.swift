import ARMModel
import Testing

@Suite struct RequestTargetTests {
    private func refusal(_ text: String) -> RequestError? {
        do throws(RequestError) {
            _ = try RequestTarget(text)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("/a/b", ["a", "b"], false, [String]()), ("/a/b/", ["a", "b"], true, []),
        ("/rg%28a%29", ["rg(a)"], false, []), ("/rg(a)", ["rg(a)"], false, []), ("/r%20g", ["r g"], false, []),
        ("/%C3%A9", ["é"], false, []), ("/%c3%a9", ["é"], false, []), ("/a:b", ["a:b"], false, []),
        ("/a?x=1", ["a"], false, ["x", "1"]), ("/a?x=1&y=", ["a"], false, ["x", "1", "y", ""]),
        ("/a?%24expand=instanceView", ["a"], false, ["$expand", "instanceView"]),
        ("/a?x=1=2", ["a"], false, ["x", "1=2"]), ("/a?x=%2F%3F%26", ["a"], false, ["x", "/?&"]),
        ("/...", ["..."], false, []), ("/a?x=a+b", ["a"], false, ["x", "a+b"]),
    ])
    func accepts(_ text: String, _ segments: [String], _ slash: Bool, _ query: [String]) throws {
        let target = try RequestTarget(text)
        #expect(target.segments == segments)
        #expect(target.hasTrailingSlash == slash)
        #expect(target.query.flatMap { [$0.name, $0.value] } == query)
    }

    @Test(arguments: [
        "", "a", "*", "https://management.azure.com/a", "http://[::1]/a", "management.azure.com:443", "//", "/",
        "//a", "/a//b", "/a//", "///", "/a/./b", "/a/../b", "/.", "/..", "/a/..", "/a/.?x=1",
        // Escaped dots, slashes and other separators.
        "/a/%2e%2e/b", "/a/%2E%2E/b", "/a/.%2e/b", "/a%2Fb", "/a%2fb", "/a%5Cb", "/a\\b", "/a%5cb", "/a;b", "/a;v=1/b",
        "/a%3Bb", "/a%3bb", "/a%3Fb", "/a%23b", "/a#b", "/a?x=1#y", "/a?x#y=1", "/a%25b", "/a%252Fb", "/a%25%32%46b",
        // Escapes of what needs none.
        "/%61", "/%41bc", "/a%2Db", "/a%2eb", "/a%5Fb", "/a%7Eb", "/%30", "/a?%78=1", "/a?api%2Dversion=1", "/a?x=%31",
        // Broken escapes and text that is not UTF-8.
        "/a%", "/a%2", "/a%2G", "/a%G2", "/a%%20", "/a%u0041", "/%C0%AF", "/%C0%AE%C0%AE", "/%E0%80%AF",
        "/%F0%80%80%AF",
        "/%ED%A0%80", "/%FF", "/%C3", "/a?x=%C0%AF", "/a?%FF=1", "/%F4%90%80%80",
        // Control characters, spaces, raw bytes beyond ASCII.
        "/a%00b", "/a%0Ab", "/a%0D%0Ab", "/a%1F", "/a%7F", "/a b", "/a\tb", "/a\nb", "/a\u{7F}", "/é", "/a?x=é",
        "/\u{212A}", "/a\u{0}b", "/a?x=%00",
        // Queries.
        "/a?", "/a?x", "/a?x=1&", "/a?&x=1", "/a?=1", "/a?x=1&&y=2", "/a?x=1&x=2", "/a?x=1&X=1",
        "/a?api-version=1&API-VERSION=1", "/a?$expand=1&%24Expand=1", "/a?x=1&y",
    ])
    func refuses(_ text: String) throws {
        let error = try #require(self.refusal(text))
        #expect(error.code == .invalidRequestTarget)
    }

    @Test func refusesWhatIsTooLong() {
        #expect(self.refusal("/" + String(repeating: "a", count: 8_191)) == nil)
        #expect(self.refusal("/" + String(repeating: "a", count: 8_192))?.code == .invalidRequestTarget)
    }

    @Test(arguments: [
        "/CANARY%2F", "/CANARY//", "/CANARY;x", "/a?x=CANARY&x=1", "/a?x=CANARY&y", "/a?sig%2DCANARY=1",
        "/a?CANARY%20CANARY=1&CANARY%20CANARY=2",
    ])
    func quotesNoValue(_ text: String) throws {
        let error = try #require(self.refusal(text))
        #expect(!"\(error)".contains("CANARY"))
    }

    @Test func namesARepeatedParameter() {
        #expect(self.refusal("/a?monitor=true&Monitor=true")?.target == "Monitor")
    }
}
