import ARMModel
import StrictJSON
import Testing

@testable import GatewayEnforcement

@Suite struct CatalogTests {
    static let document = #"{"$schema":"s","id":"RunShellScript","osType":"Linux","label":"l","description":"d"}"#

    @Test func listIsRelayedPageByPage() async throws {
        let scene = try Scene.withReads(results: [
            ARM.page(Self.document, next: ARM.next(Scene.catalogPath)), ARM.page(""),
        ])
        let answer = await scene.call("GET", Scene.catalog.replacing("westus", with: "WestUS"))
        #expect(answer.json?["value"]?.array?.first?["$schema"]?.string == "s")
        let link = try #require(answer.json?["nextLink"]?.string)
        #expect(link.hasPrefix("https://run.contoso.example" + Scene.catalog + "&$skiptoken="))
        #expect(await scene.follow(link).text == #"{"value":[]}"#)
        #expect(
            scene.upstream.sent.map(\.target) == [
                Scene.catalog, Scene.catalogPath + "?api-version=2024-11-01&$skiptoken=abc%2F1",
            ])
        let row = try scene.last("decision")
        #expect(row["operation"]?.string == "catalog")
        #expect(row["target"]?["location"]?.string == "westus")
        #expect(row["target"]?["commandId"] == nil)
    }

    @Test func documentIsRelayed() async throws {
        let scene = try Scene.withReads(results: [ARM.reply(200, Self.document)])
        let answer = await scene.call("GET", Scene.catalogPath + "/RunShellScript?api-version=2017-03-30")
        #expect(answer.text == Self.document)
        #expect(scene.upstream.sent.map(\.target) == [Scene.catalogPath + "/RunShellScript?api-version=2017-03-30"])
        #expect(try scene.last("response")["target"]?["commandId"]?.string == "RunShellScript")
        #expect(scene.events() == ["decision", "response"])
    }

    @Test(arguments: ["", "/RunShellScript"], [#"{"value":[{"label":"x"}]}"#, #"{"id":1}"#, "{}", #""text""#])
    func whatIsNoDocumentIsNotRelayed(command: String, body: String) async throws {
        let scene = try Scene.withReads(results: [ARM.reply(200, body)])
        let answer = await scene.call("GET", Scene.catalogPath + command + "?api-version=2024-11-01")
        #expect(answer.error == "UpstreamAnswerInvalid")
    }

    @Test func anotherRegionIsDenied() async throws {
        let scene = try Scene.withReads(results: [ARM.page("")])
        #expect(await scene.call("GET", Scene.catalog.replacing("westus", with: "eastus")).status == 403)
        // No page of one document.
        let one = Scene.catalogPath + "/RunShellScript?api-version=2024-11-01&$skiptoken=a"
        #expect(await scene.call("GET", one).error == "InvalidRequestTarget")
        #expect(scene.upstream.sent.isEmpty)
    }
}
