import ARMModel
import PolicyCore
import StrictJSON
import Testing

@testable import GatewayEnforcement

@Suite struct CompanionTests {
    static let list = "/subscriptions?api-version=2022-12-01"
    static let other = "00000000-0000-0000-0000-00000000000b"

    static func subscription(_ id: String) -> String {
        #"{"id":"/subscriptions/\#(id)","subscriptionId":"\#(id)","displayName":"name of \#(id)","tags":{"a":"b"}}"#
    }

    @Test func subscriptionsAreCut() async throws {
        let own = Self.subscription(Scene.subscription.uppercased())
        let next = ARM.next("/subscriptions", query: "api-version=2022-12-01&%24skiptoken=x")
        let scene = try Scene.withReads(results: [
            ARM.page(
                own + "," + Self.subscription(Self.other), next: next,
                more: #","count":{"type":"Total","value":2}"#), ARM.page(Self.subscription(Self.other)),
        ])
        let answer = await scene.call("GET", Self.list)
        let link = try #require(answer.json?["nextLink"]?.string)
        #expect(answer.text == #"{"value":["# + own + #"],"nextLink":""# + link + #""}"#)
        #expect(await scene.follow(link).text == #"{"value":[]}"#)
        #expect(
            scene.upstream.sent.map(\.target) == [
                Self.list, "/subscriptions?api-version=2022-12-01&%24skiptoken=x",
            ])
        #expect(try scene.last("decision")["operation"]?.string == "companion")
        #expect(scene.events() == ["decision", "response", "decision", "response"])
    }

    @Test func denyRuleTakesASubscriptionAway() async throws {
        let scene = try Scene.withReads(results: [ARM.page(Self.subscription(Scene.subscription))]) { rules in
            var deny = Rule(id: "deny", effect: .deny)
            deny.targets = [TargetPattern(subscription: try Glob(Scene.subscription))]
            deny.operations = OperationSet([.companion])
            rules.append(deny)
        }
        #expect(await scene.call("GET", Self.list).text == #"{"value":[]}"#)
    }

    @Test(arguments: [
        ("/subscriptions/\(Scene.subscription)", "2022-12-01", CompanionTests.subscription(Scene.subscription)),
        ("/subscriptions/\(Scene.subscription)/locations", "2022-12-01", #"{"value":[{"name":"westus"}]}"#),
        ("/tenants", "2022-12-01", #"{"value":[{"id":"/tenants/1","tenantId":"1"}]}"#),
        (
            "/subscriptions/\(Scene.subscription)/resourceGroups/rg-web-1", "2024-11-01",
            #"{"id":"x","name":"RG-web-1","location":"westus","properties":{}}"#
        ),
    ])
    func readIsRelayed(path: String, version: String, body: String) async throws {
        let scene = try Scene.withReads(results: [ARM.reply(200, body)])
        let answer = await scene.call(
            "GET", path.replacing("resourceGroups", with: "resourcegroups") + "?api-version=" + version)
        #expect(answer.status == 200)
        #expect(answer.text == body)
        #expect(scene.upstream.sent.map(\.target) == [path + "?api-version=" + version])
        #expect(scene.events() == ["decision", "response"])
    }

    @Test(arguments: [
        "/subscriptions/\(CompanionTests.other)?api-version=2022-12-01",
        "/subscriptions/\(CompanionTests.other)/locations?api-version=2022-12-01",
        "/subscriptions/\(CompanionTests.other)/resourcegroups/rg-web-1?api-version=2024-11-01",
        "/subscriptions/\(Scene.subscription)/resourcegroups/rg-other?api-version=2024-11-01",
    ])
    func placesOfOthersAreRefused(target: String) async throws {
        let scene = try Scene.withReads(results: [ARM.page("")])
        let answer = await scene.call("GET", target)
        #expect(answer.error == "RequestDisallowedByPolicy")
        #expect(scene.upstream.sent.isEmpty)
    }

    @Test(arguments: [
        ("/subscriptions", "2022-12-01", #"{"value":[{"id":"x"}]}"#),
        ("/tenants", "2022-12-01", #"{"value":[{"id":"x"}]}"#),
        ("/subscriptions/\(Scene.subscription)", "2022-12-01", CompanionTests.subscription(CompanionTests.other)),
        ("/subscriptions/\(Scene.subscription)", "2022-12-01", #"{"value":[]}"#),
        ("/subscriptions/\(Scene.subscription)/locations", "2022-12-01", #"{"value":["westus"]}"#),
        // The list of locations has no pages.
        (
            "/subscriptions/\(Scene.subscription)/locations", "2022-12-01",
            #"{"value":[],"nextLink":\#(ARM.next("/subscriptions/\(Scene.subscription)/locations"))}"#
        ),
        (
            "/subscriptions/\(Scene.subscription)/resourcegroups/rg-web-1", "2024-11-01",
            #"{"id":"x","name":"rg-web-2"}"#
        ),
    ])
    func otherAnswersAreNotRelayed(path: String, version: String, body: String) async throws {
        let scene = try Scene.withReads(results: [ARM.reply(200, body)])
        #expect(await scene.call("GET", path + "?api-version=" + version).error == "UpstreamAnswerInvalid")
    }
}
