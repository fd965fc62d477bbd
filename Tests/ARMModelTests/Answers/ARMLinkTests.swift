import ARMModel
import Testing

@Suite struct ARMLinkTests {
    private static let authority = "management.azure.com"
    private static let subscription = "00000000-0000-0000-0000-000000000000"
    private static let path = "/subscriptions/\(subscription)/providers/Microsoft.Compute/locations/eastus/operations/"
    private static let id = "0d95e5cb-d70c-4979-8ef9-4f8dbd5e149f"
    private static let base = "https://management.azure.com" + path + id

    @Test func takesTheRecordedLinks() throws {
        var found = 0
        for answer in try AzureFixtures.recordedAnswers() {
            for name in ["location", "azure-asyncoperation"] {
                guard let text = answer.headers[name] else { continue }
                let link = try #require(ARMLink(text, authority: Self.authority))
                #expect("https://management.azure.com" + link.originForm == text)
                #expect(link.subscription == Self.subscription)
                #expect(link.location == "eastus")
                #expect(link.operationID == Self.id)
                #expect(ARMLink.operationID(ofOriginForm: link.originForm) == Self.id)
                found += 1
            }
        }
        #expect(found >= 4)
    }

    @Test(arguments: [
        base, base + "?api-version=2024-07-01", base + "?monitor=true&api-version=x&t=1&c=MIIH%2B&s=abc/def&h=%41",
        "HTTPS://Management.Azure.com" + path + id, "https://management.azure.com:443" + path + id,
        base.replacing("eastus", with: "EastUS2").replacing("operations", with: "OPERATIONS"),
    ])
    func takes(_ text: String) throws {
        let link = try #require(ARMLink(text, authority: Self.authority))
        #expect(text.hasSuffix(link.originForm))
        #expect(link.originForm.hasPrefix("/"))
        #expect(link.location == link.location.lowercased())
    }

    @Test func saysWhoseTheOperationIs() throws {
        let subscription = "0A95e5cb-d70c-4979-8ef9-4f8dbd5e149f"
        let text = Self.base.replacing(Self.subscription, with: subscription) + "?monitor=true"
        let link = try #require(ARMLink(text, authority: Self.authority))
        #expect(link.subscription == subscription)
        #expect(link.operationID == Self.id)
        #expect(link.isIn(subscription: subscription))
        #expect(link.isIn(subscription: subscription.lowercased()))
        #expect(!link.isIn(subscription: Self.subscription))
        #expect(!link.isIn(subscription: String(subscription.dropLast())))
    }

    @Test(arguments: [
        "", path + id, "//management.azure.com" + path + id, "http://management.azure.com" + path + id,
        "https://evil.example" + path + id, "https://management.azure.com.evil.example" + path + id,
        "https://management.azure.com@evil.example" + path + id, "https://user@management.azure.com" + path + id,
        "https://management.azure.com:444" + path + id, "https://management.azure.com:" + path + id,
        "https://management.azure.com." + path + id, "https://xmanagement.azure.com" + path + id,
        "https://management.azure.com\\@evil.example" + path + id, "https://" + path + id, "https:" + path + id,
        "ftp://management.azure.com" + path + id, "https://management.azure.com?" + path + id,
        base + "/", base + "/x", base + "#x", base + "?x#y", "https://management.azure.com" + path,
        "https://management.azure.com" + path + "..", "https://management.azure.com" + path + ".",
        "https://management.azure.com" + path + "a%2Fb", "https://management.azure.com" + path + "a\\b",
        "https://management.azure.com" + path + "a;b", "https://management.azure.com/x" + path + id,
        base.replacing("operations", with: "runCommands"), base.replacing("Microsoft.Compute", with: "Microsoft.Web"),
        base.replacing(subscription, with: "sub"), base.replacing("eastus", with: "east-us"),
        base.replacing("/locations", with: "//locations"), base.replacing("eastus", with: "..%2f"),
        base.replacing("subscriptions/", with: "subscriptions?"), base.replacing("/locations", with: "?/locations"),
        base.replacing("eastus", with: "east?us"), base.replacing("/operations", with: "?/operations"),
        base + "?x\u{7F}", base + "?x y", base + "0", base + "%00", String(base.dropLast()), String(base.dropLast(36)),
        "https://management.azure.com", "https://management.azure.com/", "https://management.azure.com/subscriptions/",
        base + " ", " " + base, base + "\r\nx: y", base + "?x=\u{E9}", base.replacing("e", with: "\u{435}"),
        // The slip of the specification's examples.
        "https://management.azure.com/subscriptions/{subscriptionId}/providers/Microsoft.Compute/locations/westus/operations/{operationId}&monitor=true&api-version=2024-07-01",
    ])
    func refuses(_ text: String) { #expect(ARMLink(text, authority: Self.authority) == nil) }

    @Test func theConfiguredPortCounts() {
        let local = "https://localhost:8444" + Self.path + Self.id
        #expect(ARMLink(local, authority: "localhost:8444") != nil)
        #expect(ARMLink(local, authority: "localhost") == nil)
        #expect(ARMLink("https://localhost" + Self.path + Self.id, authority: "localhost:8444") == nil)
        #expect(ARMLink("https://localhost" + Self.path + Self.id, authority: "localhost:443") != nil)
    }

    @Test func length() {
        let longest = Self.base + "?" + String(repeating: "a", count: 8_191 - Self.base.utf8.count)
        #expect(ARMLink(longest, authority: Self.authority) != nil)
        #expect(ARMLink(longest + "a", authority: Self.authority) == nil)
    }
}
