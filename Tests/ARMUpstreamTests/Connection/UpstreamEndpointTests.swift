import Testing

@testable import ARMUpstream

@Suite("Endpoint")
struct UpstreamEndpointTests {
    @Test(arguments: [
        ("https://management.azure.com", "management.azure.com", 443, "management.azure.com"),
        ("https://management.azure.com/", "management.azure.com", 443, "management.azure.com"),
        ("HTTPS://Management.Azure.com:443", "management.azure.com", 443, "management.azure.com"),
        ("https://localhost:9443/", "localhost", 9443, "localhost:9443"),
        ("https://127.0.0.1:1", "127.0.0.1", 1, "127.0.0.1:1"),
        ("https://[::1]:8443", "::1", 8443, "[::1]:8443"),
        ("https://[2001:db8::1]/", "2001:db8::1", 443, "[2001:db8::1]"),
    ])
    func reads(_ url: String, _ host: String, _ port: Int, _ authority: String) throws {
        let endpoint = try #require(UpstreamEndpoint(url: url))
        #expect(endpoint == UpstreamEndpoint(host: host, port: port))
        #expect(endpoint.authority == authority)
    }

    @Test(arguments: [
        "", "management.azure.com", "http://management.azure.com", "https://", "https:///", "https://a/b",
        "https://a?b",
        "https://a#b", "https://u@a", "https://u:p@a", "https://a:", "https://a:0", "https://a:65536", "https://a:+1",
        "https://a:1:2", "https://::1", "https://[::1", "https://[a]", "https://[::1]x", "https://a b", "https://a%20",
        "https://\u{e4}", "https://a//",
    ])
    func refuses(_ url: String) {
        #expect(UpstreamEndpoint(url: url) == nil)
    }
}
