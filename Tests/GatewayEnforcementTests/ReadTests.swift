import ARMModel
import AuditModel
import PolicyCore
import StrictJSON
import Testing

@testable import GatewayEnforcement

@Suite struct ReadTests {
    static let expanded = Scene.commandPath + "?$expand=instanceView&api-version=2024-11-01"

    @Test func allowedReadIsRelayed() async throws {
        let scene = try Scene(results: [ARM.stored(more: ARM.view("Running"))])
        let answer = await scene.call("GET", Scene.commandPath + "/?$EXPAND=InstanceView&API-version=2024-11-01")
        #expect(answer.status == 200)
        #expect(answer.json?["properties"]?["instanceView"]?["executionState"]?.string == "Running")
        #expect(answer.header("content-type") == "application/json; charset=utf-8")
        #expect(scene.events() == ["decision", "response"])
        #expect(scene.upstream.sent.map(\.target) == [Self.expanded])
        #expect(scene.upstream.sent[0].permittedBy == "decision")
    }

    @Test func deniedReadIsNotSent() async throws {
        var other = Scene.person
        other.id = "10000000-0000-0000-0000-000000000002"
        let scene = try Scene(results: [ARM.stored()])
        let answer = await scene.call("GET", Scene.command, as: other)
        #expect(answer.status == 403)
        #expect(scene.upstream.sent.isEmpty)
        scene.log.fail(on: [.decision])
        #expect(await scene.call("GET", Scene.command).error == "AuditUnavailable")
        #expect(scene.upstream.sent.isEmpty)
    }

    @Test(arguments: ["", "no", "{}", "[]", #"{"properties":[]}"#, UpstreamResultTests.deep])
    func whatIsNoCommandIsNotRelayed(body: String) async throws {
        let scene = try Scene(results: [ARM.reply(200, body)])
        let answer = await scene.call("GET", Scene.command)
        #expect(answer.status == 502)
        #expect(answer.error == "UpstreamAnswerInvalid")
        #expect(try scene.last("response")["upstream"]?["code"]?.string == "UpstreamAnswerInvalid")
    }

    @Test func secretsThatARMShowsAreRemoved() async throws {
        let scene = try Scene(results: [
            ARM.stored(
                source: #"{"scriptUri":"https://u:secretuser@x.example/a?sig=secretquery"}"#,
                more: #","RunAsPassword":"secretpassword","protectedParameters":[{"name":"a","value":"secretvalue"}],"#
                    + #""outputBlobUri":"https://x.example/a?sig=secretquery","errorBlobUri":"https://x.example/a#secretquery""#
            )
        ])
        let answer = await scene.call("GET", Scene.command)
        #expect(answer.status == 200)
        #expect(!answer.text.contains("secret"), "\(answer.text)")
        #expect(try scene.last("response")["upstream"]?["redactions"]?.integer == 5)
    }

    /// The end of an update seen by whoever reads, also where ARM gave no link.
    @Test(arguments: [
        ("Succeeded", "Succeeded", true), ("Failed", "Failed", true), ("Updating", "Succeeded", false),
        ("Succeeded", "Running", false),
    ])
    func readShowsTheEnd(state: String, execution: String, isEnd: Bool) async throws {
        let updated = ARM.stored(state: "Updating")
        let scene = try Scene(results: [ARM.stored(), updated])
        let answer = await scene.update(#"{"properties":{"parameters":[]}}"#)
        #expect(answer.status == 200)
        #expect(answer.header("location") == nil)
        scene.upstream.add(
            ARM.stored(more: ARM.view(execution, #","exitCode":0"#), state: state),
            ARM.stored(more: ARM.view("Succeeded")))
        _ = await scene.call("GET", Self.expanded)
        #expect(scene.events().contains("outcome") == isEnd)
        _ = await scene.call("GET", Self.expanded)
        #expect(scene.events().count(where: { $0 == "outcome" }) == 1)
        #expect(try scene.last("outcome")["requestID"]?.string == Scene.requestID(1))
    }

    /// What a read shows that went out before an update is the end of the run before.
    @Test func updateDuringARead() async throws {
        let scene = try Scene(results: [ARM.stored(more: ARM.view("Succeeded")), ARM.stored(), ARM.accepted])
        scene.upstream.whileSending { _ = await scene.update(#"{"tags":{}}"#) }
        #expect(await scene.call("GET", Self.expanded).status == 200)
        #expect(scene.events() == ["decision", "lookup", "decision", "response", "response"])
    }

    @Test func readWithoutAnUpdateRecordsNoEnd() async throws {
        let scene = try Scene(results: [ARM.stored(more: ARM.view("Succeeded"))])
        _ = await scene.call("GET", Self.expanded)
        #expect(scene.events() == ["decision", "response"])
    }
}
