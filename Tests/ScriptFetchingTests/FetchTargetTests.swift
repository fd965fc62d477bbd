import ARMModel
import Redaction
import Testing

@testable import ScriptFetching

@Suite("Which addresses are fetched")
struct FetchTargetTests {
    static let hosts = [
        "Scripts.example.com", "8.8.8.8", "10.0.0.1", "127.1", "0x7f.1", "a..b",
        "-a.b", "h.example.", "[2606:4700::1]",
    ]

    private func target(
        _ text: String, literals: Bool = false, ports: Set<Int> = [443]
    ) throws -> FetchTarget {
        let address = try #require(WebAddress(text), "\(text)")
        return try FetchTarget(
            address, hosts: Self.hosts,
            configuration: ScriptFetcherConfiguration(allowsLiteralAddresses: literals, ports: ports))
    }

    @Test(arguments: [
        ("https://scripts.example.com/a", "scripts.example.com", "/a"),
        ("https://SCRIPTS.example.com", "scripts.example.com", "/"),
        ("HTTPS://scripts.example.com:443/a/b.sh", "scripts.example.com", "/a/b.sh"),
        ("https://scripts.example.com?x=1", "scripts.example.com", "/?x=1"),
        ("https://scripts.example.com/a%20b?sv=1&sig=a%2Bb/c==", "scripts.example.com", "/a%20b?sv=1&sig=a%2Bb/c=="),
        ("https://scripts.example.com/a?", "scripts.example.com", "/a?"),
    ])
    func accepts(_ text: String, _ authority: String, _ requestTarget: String) throws {
        let target = try self.target(text)
        #expect(target.authority == authority)
        #expect(target.host == .name("scripts.example.com"))
        #expect(target.port == 443)
        #expect(target.withRequestTarget { $0 } == requestTarget)
    }

    @Test(
        arguments: [
            ("http://scripts.example.com/a", .notHTTPS),
            ("ftp://scripts.example.com/a", .notHTTPS),
            ("https://user@scripts.example.com/a", .userInformation),
            ("https://@scripts.example.com/a", .userInformation),
            ("https://u:p@scripts.example.com/a", .userInformation),
            ("https://scripts.example.com:8443/a", .portNotAllowed),
            ("https://scripts.example.com:80/a", .portNotAllowed),
            ("https://scripts.example.com/a#b", .fragment),
            ("https://scripts.example.com/a?b#c", .fragment),
            ("https://scripts.example.com/a?b\\c", .unusablePath),
            ("https://scripts.example.com./a", .hostNotListed),
            ("https://h.example./a", .unusableHost),
            ("https://a..b/a", .unusableHost),
            ("https://-a.b/a", .unusableHost),
            ("https://127.1/a", .unusableHost),
            ("https://0x7f.1/a", .unusableHost),
            ("https://8.8.8.8/a", .literalAddress),
            ("https://10.0.0.1/a", .literalAddress),
            ("https://[2606:4700::1]/a", .literalAddress),
            ("https://example.com/a", .hostNotListed),
            ("https://x.scripts.example.com/a", .hostNotListed),
            ("https://scripts.example.com.evil.test/a", .hostNotListed),
            ("https://xscripts.example.com/a", .hostNotListed),
        ] as [(String, FetchRefusal.Reason)])
    func refuses(_ text: String, _ reason: FetchRefusal.Reason) {
        let refusal = #expect(throws: FetchRefusal.self) { try self.target(text) }
        #expect(refusal?.reason == reason)
    }

    @Test func aLiteralAddressIsReadWhereItIsAllowed() throws {
        #expect(try self.target("https://8.8.8.8/a", literals: true).host == .literal(.v4(0x0808_0808)))
        let six = try self.target("https://[2606:4700::1]:444/a", literals: true, ports: [444])
        #expect(six.host == .literal(try #require(IPAddress("2606:4700::1"))))
        #expect(six.authority == "[2606:4700::1]:444")
        #expect(throws: FetchRefusal(.unusableHost)) { try self.target("https://127.1/a", literals: true) }
    }

    @Test func anAddressWithoutItsQueryIsNotFetched() {
        let address = WebAddress(
            scheme: "https", host: "scripts.example.com", port: nil, hasUserInformation: false, path: "/a",
            query: .unknown)
        #expect(throws: FetchRefusal(.addressIncomplete)) {
            try FetchTarget(address, hosts: Self.hosts, configuration: ScriptFetcherConfiguration())
        }
    }

    /// Such an address is never parsed from a text, and must not become two lines on the wire when it is put together.
    @Test(arguments: [
        ("/a\r\nx: y", "?b"), ("/a b", "?b"), ("/a\u{0}", "?b"), ("/é", "?b"), ("a", "?b"), ("/a", "b"),
        ("/a", "?b c"), ("/a", "?b\r\n\r\n"), ("/a", "?\u{7F}"),
    ])
    func refusesWhatWouldBreakTheRequestLine(_ path: String, _ query: String) {
        let address = WebAddress(
            scheme: "https", host: "scripts.example.com", port: nil, hasUserInformation: false, path: path,
            query: .known(Secret(query)))
        #expect(throws: FetchRefusal(.unusablePath)) {
            try FetchTarget(address, hosts: Self.hosts, configuration: ScriptFetcherConfiguration())
        }
    }

    @Test func withoutHostsNothingIsAllowed() throws {
        let address = try #require(WebAddress("https://scripts.example.com/a"))
        #expect(throws: FetchRefusal(.hostNotListed)) {
            try FetchTarget(address, hosts: [], configuration: ScriptFetcherConfiguration())
        }
        #expect(throws: FetchRefusal(.hostNotListed)) {
            try FetchTarget(address, hosts: ["*", "*.example.com", ""], configuration: ScriptFetcherConfiguration())
        }
    }
}
