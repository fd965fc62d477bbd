import ARMSimulator
import Foundation
import Testing

@Suite(.serialized) struct PollingAndCompanionTests {
    @Test func aChangedLinkIsNotFollowed() async throws {
        try await SimulatorFixture.run { fixture in
            let first = try await fixture.send(
                "POST", fixture.machine("web") + "/runCommand", body: #"{"commandId":"ifconfig"}"#)
            let location = try #require(first.header("Location"))
            _ = try await fixture.ended(first)
            #expect(try await fixture.send("GET", location).status == 200)
            let shorter = location.replacingOccurrences(of: "monitor=true&", with: "")
            #expect(try await fixture.send("GET", shorter).status == 403)
            let other = location.replacingOccurrences(
                of: SimulatorFixture.subscription, with: "00000000-0000-0000-0000-0000000000bb")
            #expect(try await fixture.send("GET", other).status == 404)
            // The bare form of 2020 works too, and with another version than the request's.
            let bare = location.prefix { $0 != "?" } + "?monitor=true&api-version=2019-03-01"
            #expect(try await fixture.send("GET", String(bare)).status == 200)
        }
    }

    @Test func shortLinksHaveTheRecordedForm() async throws {
        try await SimulatorFixture.run {
            $0.signedLinks = false
            $0.retryAfterSeconds = nil
        } _: { fixture in
            let first = try await fixture.send(
                "POST", fixture.machine("web") + "/runCommand", body: #"{"commandId":"ifconfig"}"#)
            let id = first.header("x-ms-request-id") ?? ""
            #expect(
                first.header("Location")?.hasSuffix("/operations/\(id)?monitor=true&api-version=2024-11-01") == true)
            #expect(first.header("Azure-AsyncOperation")?.hasSuffix("/operations/\(id)?api-version=2024-11-01") == true)
            #expect(first.header("Retry-After") == nil)
        }
    }

    @Test func companionReads() async throws {
        try await SimulatorFixture.run { fixture in
            let subscription = "/subscriptions/\(SimulatorFixture.subscription)"
            let documents = "\(subscription)/providers/Microsoft.Compute/locations/eastus/runCommands"
            #expect(try await fixture.send("GET", "/subscriptions").json["value"].count == 1)
            #expect(
                try await fixture.send("GET", subscription).json["subscriptionId"].string
                    == SimulatorFixture.subscription)
            #expect(try await fixture.send("GET", "/tenants").json["value"].count == 1)
            #expect(try await fixture.send("GET", subscription + "/locations").json["value"].count == 3)
            #expect(
                try await fixture.send("GET", subscription + "/resourcegroups/rg").json["location"].string == "eastus")
            #expect(try await fixture.send("GET", documents).json["value"].count > 5)
            let document = try await fixture.send("GET", documents + "/runshellscript")
            #expect(document.json["osType"].string == "Linux")
            #expect(document.json["script"].count > 0)
            let metadata = try await fixture.send("GET", "//metadata/endpoints?api-version=2022-09-01", token: "")
            #expect(metadata.json["authentication"]["loginEndpoint"].string == fixture.base + "/")
        }
    }

    @Test(arguments: ["0.0.0.0", "10.0.0.1", "::", "example.org", "127.0.0.256", ""])
    func nothingButLoopback(host: String) throws {
        let configuration = SimulatorConfiguration(host: host, certificateChainPEM: "", privateKeyPEM: "")
        #expect {
            try Simulator(configuration)
        } throws: { error in
            if case SimulatorError.notLoopback(host) = error { true } else { false }
        }
    }
}
