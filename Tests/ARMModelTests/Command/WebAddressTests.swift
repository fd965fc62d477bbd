import ARMModel
import Redaction
import Testing

@Suite struct WebAddressTests {
    @Test(arguments: [
        ("https://h.example/c/b.txt", "https://h.example/c/b.txt", "h.example", Int?.none, false, String?.none),
        ("HTTPS://H.Example/C/B?Sig=A", "https://h.example/C/B", "h.example", nil, false, "?Sig=A"),
        ("https://h:443/x", "https://h:443/x", "h", 443, false, nil), ("https://h", "https://h", "h", nil, false, nil),
        ("https://h?q", "https://h", "h", nil, false, "?q"), ("https://h#f", "https://h", "h", nil, false, "#f"),
        ("https://h/a#f?q", "https://h/a", "h", nil, false, "#f?q"),
        ("https://u:p@h/x", "https://h/x", "h", nil, true, nil), ("https://@h/x", "https://h/x", "h", nil, true, nil),
        ("https://a@b@h/x", "https://h/x", "h", nil, true, nil),
        ("https://good.example@evil/x", "https://evil/x", "evil", nil, true, nil),
        ("https://good.example:443@evil/x", "https://evil/x", "evil", nil, true, nil),
        ("https://h/a/../b", "https://h/a/../b", "h", nil, false, nil),
        ("https://h/%2e%2e", "https://h/%2e%2e", "h", nil, false, nil),
        ("https://[::1]/x", "https://[::1]/x", "[::1]", nil, false, nil),
        ("https://[FE80::1]:8443/x", "https://[fe80::1]:8443/x", "[fe80::1]", 8_443, false, nil),
        ("https://h./x", "https://h./x", "h.", nil, false, nil), ("ftp://h/x", "ftp://h/x", "h", nil, false, nil),
        ("http://169.254.169.254/x", "http://169.254.169.254/x", "169.254.169.254", nil, false, nil),
        ("https://h/x?a?b#c", "https://h/x", "h", nil, false, "?a?b#c"),
        ("https://h/x?https://evil/", "https://h/x", "h", nil, false, "?https://evil/"),
        ("https://h/x?a=\\", "https://h/x", "h", nil, false, "?a=\\"),
        ("https://h//x", "https://h//x", "h", nil, false, nil), ("https://h/x?", "https://h/x", "h", nil, false, "?"),
    ])
    func reads(
        _ text: String, _ plain: String, _ host: String, _ port: Int?, _ hasUser: Bool, _ query: String?
    ) throws {
        let address = try #require(WebAddress(text))
        #expect(address.withoutQuery == plain)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.hasUserInformation == hasUser)
        #expect(address.query == .known(query.map(Secret.init)))
        #expect(!"\(address)".contains("sig") && !"\(address)".contains("u:p"))
    }

    @Test(arguments: [
        "", "h/x", "//h/x", "/x", "https:h/x", "https:/h/x", "https://", "https:///x", "https://?q", "https://@/x",
        "https://good.example\\@evil/x",
        "https://:443/x", "https://h:/x", "https://h:0/x", "https://h:65536/x", "https://h:+443/x", "https://h:-1/x",
        "https://h:4x/x", "https://h:443:443/x", "https://a:b:443/x", "https://a:b", "https://h\\evil/x",
        "https://h\\.evil/x", "https://h/a\\..\\b", "https://h /x", "https://h/a b", "https://h/\u{E9}",
        "https://\u{E9}.example/x", "https://h\u{212A}/x", "https://h/x\n", " https://h/x", "https://h/x\u{0}",
        "https://h%2eexample/x", "https://h%40evil/x", "https://[::1/x", "https://::1]/x", "https://[]/x",
        "https://[::1]x/x", "https://a[::1]/x", "https://a]/x", "https://h,evil/x", "https://h;evil/x",
        "https://h|evil/x", "1http://h/x", "://h/x", "ht tp://h/x", "javascript:alert(1)", "file:///etc/passwd",
        "data:text/plain,x", "https://[::1%25eth0]/x",
    ])
    func refuses(_ text: String) { #expect(WebAddress(text) == nil) }

    @Test func aCopyKeepsItsQuery() throws {
        let address = try #require(WebAddress("https://u@h:8443/x?sig=a"))
        var shown = address
        shown.query = .unknown
        #expect(shown != address)
        #expect(address.query == .known(Secret("?sig=a")))
        #expect(shown.withoutQuery == address.withoutQuery)
        #expect(shown.hasUserInformation && shown.port == 8_443)
        shown.query = address.query
        #expect(shown == address)
        #expect(Set([shown, address]).count == 1)
    }

    @Test func length() {
        let longest = "https://h/" + String(repeating: "a", count: 4_086)
        #expect(WebAddress(longest) != nil)
        #expect(WebAddress(longest + "a") == nil)
    }
}
