import ARMModel
import Testing

@Suite struct ARMListLinkTests {
    private static let authority = "management.azure.com"
    private static let origin = "https://management.azure.com"
    private static let path =
        "/subscriptions/\(RouteMatchingTests.subscription)/resourceGroups/rg%28a%29/providers/Microsoft.Compute"
        + "/virtualMachines/Vm-1/runCommands"
    private static let query = "?api-version=2024-07-01&$skiptoken=abc"

    private func link(_ text: String, authority: String = authority, path: String = path) -> ARMListLink? {
        ARMListLink(text, authority: authority, listPath: path)
    }

    @Test(arguments: [
        path + query, path.uppercased() + query, path.lowercased() + query, path + "/" + query,
        path.replacing("%28a%29", with: "(a)") + query, path.replacing("%28a%29", with: "%28A)") + query,
        path + "?$skiptoken=abc&api-version=2024-07-01", path + "?api-version=2024-07-01&$skipToken=a",
        path + "?api-version=2024-07-01&%24skiptoken=a", path + "?api-version=2024-07-01&%24SkipToken=a",
        path + "?api-version=2024-07-01&skipToken=a", path + "?Api-Version=2024-07-01&skiptoken=a",
        path + "?api-version=2024-07-01&$top=10&$skiptoken=a",
        path + "?$expand=instanceView&api-version=x&$skiptoken=a",
        path + "?api-version=2024-07-01&$skiptoken=W3sidG9r%2B%2f==|x'!*(),;:@/?",
        path + "?api-version=2024-07-01&$skiptoken=%61%2D",
    ])
    func takes(_ originForm: String) throws {
        let link = try #require(self.link(Self.origin + originForm))
        // Byte for byte: it may be signed.
        #expect(Array(link.originForm.utf8) == Array(originForm.utf8))
        #expect(self.link("HTTPS://Management.Azure.COM:443" + originForm)?.originForm == originForm)
    }

    @Test(arguments: [
        "", path + query, "//management.azure.com" + path + query, "http://management.azure.com" + path + query,
        "https://evil.example" + path + query, "https://management.azure.com.evil.example" + path + query,
        "https://management.azure.com@evil.example" + path + query, "https://u@management.azure.com" + path + query,
        "https://u:p@management.azure.com:443" + path + query, "https://management.azure.com:444" + path + query,
        "https://management.azure.com:" + path + query, "https://management.azure.com." + path + query,
        "https://management.azure.com\\@evil.example" + path + query, "https://" + path + query,
        "https://management.azure.com?" + path + query, "https://management.azure.com" + query,
    ])
    func refusesOtherOrigins(_ text: String) { #expect(self.link(text) == nil) }

    @Test(arguments: [
        "/", "", path + "//", path + "/x", "/x" + path, "/" + path, path.replacing("Vm-1", with: "Vm-2"),
        path.replacing("Vm-1", with: "Vm-1/../Vm-2"), path.replacing("Vm-1", with: "."),
        path.replacing("Vm-1", with: "%56m-1"), path.replacing("Vm-1", with: "Vm%2D1"),
        path.replacing("Vm-1", with: "Vm-1%2F"), path.replacing("Vm-1", with: "Vm-1;x"),
        path.replacing("virtualMachines", with: "v\u{131}rtualMachines"),
        path.replacing("virtualMachines", with: "v%C4%B1rtualMachines"),
        path.replacing("runCommands", with: "runCommand"), path.replacing("runCommands", with: "diagnosticRunCommands"),
        path.replacing("runCommands", with: "runCommands%3F"), path.replacing("rg%28a%29", with: "rg%2528a%2529"),
        path.replacing("rg%28a%29", with: "rg"), path.replacing("/virtualMachines", with: "\\virtualMachines"),
        path.replacing(RouteMatchingTests.subscription, with: ManagedUpdateTests.guid),
        "/subscriptions",
        "/subscriptions/\(RouteMatchingTests.subscription)/providers/Microsoft.Compute"
            + "/locations/westus/runCommands",
    ])
    func refusesOtherLists(_ path: String) { #expect(self.link(Self.origin + path + Self.query) == nil) }

    @Test(arguments: [
        "", "?", "?api-version=2024-07-01", "?$skiptoken=a", "?api-version=&$skiptoken=a",
        "?api-version=2024-07-01&$skiptoken=", "?api-version=2024-07-01&$skiptoken",
        "?api-version=2024-07-01&$skiptoken=a&$skiptoken=b", "?api-version=2024-07-01&$skiptoken=a&%24SkipToken=b",
        "?api-version=2024-07-01&$skiptoken=a&skiptoken=b", "?api-version=2024-07-01&Api-Version=x&$skiptoken=a",
        "?api-version=2024-07-01&api%2Dversion=x&$skiptoken=a", "?api-version=2024-07-01&&$skiptoken=a",
        "?api-version=2024-07-01&$skiptoken=a&", "?api-version=2024-07-01&=x&$skiptoken=a",
        "?api-version=2024-07-01&$=x&$skiptoken=a", "?api-version=2024-07-01&%0A=x&$skiptoken=a",
        "?api-version=2024-07-01&%zz=x&$skiptoken=a", "?api-version=2024-07-01&%ff=x&$skiptoken=a",
        "?api-version=2024-07-01&a%26b=x&$skiptoken=a", "?api-version=2024-07-01&$$skiptoken=a",
        "?api-version=2024-07-01&%2524skiptoken=a", "?api-version=2024-07-01&$\u{17F}kiptoken=a",
        "?api-version=2024-07-01&$s%E2%84%AAiptoken=a", "?api-version=2024-07-01&$skiptoken=a#x",
        "?api-version=2024-07-01&$skiptoken=a b", "?api-version=2024-07-01&$skiptoken=a\\b",
        "?api-version=2024-07-01&$skiptoken=\u{E9}", "?api-version=2024-07-01&$skiptoken=a\r\nHost: x",
        "&api-version=2024-07-01&$skiptoken=a",
    ])
    func refusesOtherQueries(_ query: String) { #expect(self.link(Self.origin + Self.path + query) == nil) }

    @Test func everyPagedListHasItsLink() throws {
        for sample in RouteMatchingTests.samples {
            let head = try ARMRequestHead(
                method: sample.method, target: sample.path + "?api-version=" + sample.version)
            guard head.route.query.contains(.skipToken) else { continue }
            let text = Self.origin + sample.path.lowercased() + "?api-version=\(sample.version)&%24skiptoken=x"
            #expect(self.link(text, path: head.upstreamPath) != nil)
            #expect(self.link(text, path: head.upstreamPath + "x") == nil)
        }
    }

    @Test func theConfiguredPortCounts() {
        let text = Self.path + Self.query
        #expect(self.link("https://localhost:8444" + text, authority: "localhost:8444") != nil)
        #expect(self.link("https://localhost:8444" + text, authority: "localhost") == nil)
        #expect(self.link("https://localhost" + text, authority: "localhost:443") != nil)
    }

    @Test func length() {
        let base = Self.origin + Self.path + Self.query
        let longest = base + String(repeating: "a", count: 4_096 - base.utf8.count)
        #expect(self.link(longest) != nil)
        #expect(self.link(longest + "a") == nil)
    }
}
