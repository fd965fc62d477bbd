import ARMModel
import AuditModel
import PolicyCore
import Redaction
import StrictJSON
import Testing

@testable import GatewayEnforcement

@Suite struct ListTests {
    static let element = #"{"name":"a","properties":{"provisioningState":"Succeeded"}}"#

    @Test(arguments: [
        (Scene.listPath, "", "standard", "2024-11-01"),
        (Scene.listPath, "$expand=instanceView&", "standard", "2024-11-01"),
        (Scene.instanceList, "", "standard", "2020-06-01"),
        (Scene.vm + "/diagnosticRunCommands", "", "diagnostic", "2026-04-01"),
        (Scene.instanceList.replacing("runCommands", with: "diagnosticRunCommands"), "", "diagnostic", "2026-04-01"),
    ])
    func allowedListIsRelayed(path: String, expand: String, family: String, version: String) async throws {
        let scene = try Scene.withReads(results: [ARM.page(Self.element, next: "null", more: #","count":7"#)])
        let target = path + "?" + expand + "api-version=" + version
        let answer = await scene.call("GET", target.replacing("/runCommands", with: "/runcommands/"))
        #expect(answer.status == 200)
        #expect(answer.text == #"{"value":["# + Self.element + "]}")
        #expect(answer.index == 1)
        #expect(scene.upstream.sent.map(\.target) == [target])
        #expect(scene.upstream.sent.map(\.permittedBy) == ["decision"])
        #expect(scene.events() == ["decision", "response"])
        let decision = try scene.last("decision")
        #expect(decision["operation"]?.string == "list")
        #expect(decision["family"]?.string == family)
        #expect(try scene.last("response")["upstream"]?["status"]?.integer == 200)
    }

    @Test func deniedByDefault() async throws {
        for call in Scene.plainCalls where call.operation != .read {
            // The rules that tests of commands use name none of these.
            let scene = try Scene(results: [ARM.page(Self.element)])
            let answer = await scene.call(call.method, call.target)
            #expect(answer.status == 403, "\(call)")
            #expect(answer.error == "RequestDisallowedByPolicy")
            #expect(scene.upstream.sent.isEmpty)
            #expect(scene.events() == ["decision"])
            let row = try scene.last("decision")
            #expect(row["operation"]?.string == call.operation.rawValue)
            #expect(row["decision"]?["effect"]?.string == "deny")
        }
    }

    @Test func nothingGoesOutWithoutARow() async throws {
        for call in Scene.plainCalls {
            let scene = try Scene.withReads(results: [ARM.page(Self.element)])
            scene.log.fail(on: [.decision])
            let answer = await scene.call(call.method, call.target)
            #expect(answer.status == 503, "\(call)")
            #expect(answer.error == "AuditUnavailable")
            #expect(scene.upstream.sent.isEmpty)
        }
    }

    @Test func bodyIsRefused() async throws {
        for call in Scene.plainCalls {
            let scene = try Scene.withReads(results: [ARM.page(Self.element)])
            let answer = await scene.call(call.method, call.target, body: "{}")
            #expect(answer.status == 400, "\(call)")
            #expect(answer.error == "InvalidRequestContent")
            #expect(scene.upstream.sent.isEmpty)
            #expect(scene.events() == ["decision"])
        }
    }

    @Test(
        arguments: [
            (.notSent("connectRefused"), 503, "UpstreamUnavailable", "5"),
            (.outcomeUnknown("timedOut"), 503, "UpstreamUnavailable", "5"),
            (.outcomeUnknown("malformedAnswer"), 502, "UpstreamAnswerInvalid", nil),
            (ARM.reply(401, ARM.error), 503, "UpstreamUnavailable", "5"),
            (ARM.reply(404, ARM.error, retryAfter: "7"), 404, "SomeCode", nil),
            (ARM.reply(429, ARM.error, retryAfter: "7"), 429, "SomeCode", "7"),
            (ARM.reply(500, ARM.error, retryAfter: "7"), 500, "SomeCode", "7"),
            (ARM.reply(202), 502, "UpstreamAnswerInvalid", nil), (ARM.reply(204), 502, "UpstreamAnswerInvalid", nil),
            (ARM.reply(307, location: "https://evil.example/"), 502, "UpstreamAnswerInvalid", nil),
            (ARM.reply(200), 502, "UpstreamAnswerInvalid", nil),
            (ARM.reply(200, "[]"), 502, "UpstreamAnswerInvalid", nil),
            (ARM.reply(200, UpstreamResultTests.deep), 502, "UpstreamAnswerInvalid", nil),
        ] as [(UpstreamResult, Int, String, String?)])
    func otherAnswersToEveryRead(result: UpstreamResult, status: Int, code: String, retryAfter: String?) async throws {
        for call in Scene.plainCalls where call.method == "GET" {
            let scene = try Scene.withReads(results: [result])
            let answer = await scene.call(call.method, call.target)
            #expect(answer.status == status, "\(call)")
            #expect(answer.error == code)
            #expect(answer.header("retry-after") == retryAfter)
            #expect(answer.header("location") == nil)
            #expect(scene.events() == ["decision", "response"])
            let row = try scene.last("response")
            #expect(row["operation"]?.string == call.operation.rawValue)
            #expect(row["upstream"]?["code"]?.string != nil)
        }
    }

    @Test(arguments: [
        "{}", #"{"value":null}"#, #"{"value":{}}"#, #"{"value":[1]}"#, #"{"value":[{}]}"#, #"{"Value":[]}"#,
        #"{"value":[{"properties":{}},{"properties":[]}]}"#, #"{"value":[],"value":[]}"#,
        #"{"value":[],"nextLink":1}"#, #"{"value":[],"NextLink":"x"}"#,
        #"{"value":[],"next\u212aink":"","nextLin\u212a":"x"}"#,
    ])
    func whatIsNoListIsNotRelayed(body: String) async throws {
        let scene = try Scene.withReads(results: [ARM.reply(200, body)])
        let answer = await scene.call("GET", Scene.list)
        #expect(answer.status == 502)
        #expect(answer.error == "UpstreamAnswerInvalid")
        #expect(try scene.last("response")["upstream"]?["code"]?.string == "UpstreamAnswerInvalid")
    }

    @Test func secretsOfTheMachinesCommandsAreRemoved() async throws {
        let scene = try Scene.withReads()
        for (name, secret) in [("one", "topsecret-one"), ("two", "topsecret-two")] {
            scene.upstream.add(ARM.stored(name: name), ARM.accepted)
            let body = #"{"properties":{"protectedParameters":[{"name":"token","value":"\#(secret)"}]}}"#
            let command = Scene.instanceList + "/\(name)?api-version=2024-11-01"
            #expect(await scene.call("PATCH", command, body: body).status == 202)
        }
        let shown = #"{"name":"x topsecret-two","properties":{"source":{"script":"echo topsecret-one"},"#
        let elements = shown + #""protectedParameters":[{"name":"t","value":"hidden1"}],"runAsPassword":"hidden2"}}"#
        scene.upstream.add(
            ARM.page(
                elements,
                next: ARM.next(Scene.instanceList, query: "api-version=2024-11-01&$skiptoken=topsecret-one")))
        let answer = await scene.call("GET", Scene.instanceList + "?$expand=instanceView&api-version=2024-11-01")
        #expect(answer.status == 200)
        #expect(!answer.text.contains("secret-"), "\(answer.text)")
        #expect(!answer.text.contains("hidden"), "\(answer.text)")
        #expect((try scene.last("response")["upstream"]?["redactions"]?.integer ?? 0) >= 4)
        // The link is ARM's all the same.
        scene.upstream.add(ARM.page(""))
        _ = await scene.follow(answer.json?["nextLink"]?.string)
        #expect(scene.upstream.sent.last?.target.hasSuffix("$skiptoken=topsecret-one") == true)
        // Another machine's list is not searched for them.
        scene.upstream.add(ARM.page(elements))
        #expect(await scene.call("GET", Scene.list).text.contains("topsecret-one"))
    }

    @Test func callersTokenIsNotQuoted() async throws {
        let scene = try Scene.withReads(
            results: [ARM.reply(403, #"{"error":{"code":"c","message":"token abc.def.ghi"}}"#)], passesCallerToken: true
        )
        let answer = await scene.call("GET", Scene.list, token: Secret("abc.def.ghi"))
        #expect(answer.status == 403)
        #expect(!answer.text.contains("abc.def"))
    }
}
