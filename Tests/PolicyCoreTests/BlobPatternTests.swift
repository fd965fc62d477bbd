import ARMModel
import PolicyCore
import Testing

@Suite struct BlobPatternTests {
    @Test(arguments: [
        ("https://logs.blob.core.windows.net/run/a.txt", true),
        ("HTTPS://LOGS.blob.core.windows.net:443/run/a?sig=x", true),
        ("https://logs.blob.core.windows.net/run/a#x", true), ("http://logs.blob.core.windows.net/run/a", false),
        ("https://logs.blob.core.windows.net:8443/run/a", false), ("https://u@logs.blob.core.windows.net/run/a", false),
        ("https://logs.blob.core.windows.net/RUN/a", false), ("https://logs.blob.core.windows.net/run/b/a", false),
        ("https://logs.blob.core.windows.net/run", false), ("https://logs.blob.core.windows.net/run/", false),
        ("https://logs.blob.core.windows.net//run/a", false), ("https://logs.blob.core.windows.net/run/..", false),
        ("https://logs.blob.core.windows.net/run/.", false), ("https://logs.blob.core.windows.net/x/../run/a", false),
        ("https://logs.blob.core.windows.net/run/%2e%2e", false), ("https://logs.blob.core.windows.net/ru%6E/a", false),
        ("https://logs.blob.core.windows.net.evil.example/run/a", false), ("https://evil.example/run/a", false),
        ("https://logs.blob.core.windows.net/run/a;id", false), ("https://logs.blob.core.windows.net/run/$(id)", false),
        ("https://logs.blob.core.windows.net\\run/a", false), ("https://logs.blob.core.windows.net/run/a\\b", false),
    ])
    func judges(text: String, isAllowed: Bool) throws {
        let rule = try Sample.allow {
            $0.outputBlobs = [try BlobPattern("https://logs.blob.core.windows.net/run/*")]
        }
        let allowed = WebAddress(text).map { address in
            Sample.policy(rule).decide(Sample.request(command: Sample.command { $0.outputBlob = .known(address) }))
                .effect == .allow
        }
        #expect((allowed ?? false) == isAllowed)
    }

    @Test(arguments: [
        "http://a.example/b/c", "https://a.example", "https://a.example/", "https://a.example/b",
        "https://*.example/b/c",
        "https://a.example:443/b/c", "https://u@a.example/b/c", "https://a.example/b//c", "https://a.example/../c",
        "https://a.example/b/c?sig=1", "https://a.example/b/%41", "https://localhost/b/c", "a.example/b/c",
    ])
    func refuses(text: String) {
        #expect(throws: BlobPattern.Malformed.self) { try BlobPattern(text) }
    }
}
