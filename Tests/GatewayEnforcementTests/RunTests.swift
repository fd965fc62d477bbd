import ARMModel
import AuditModel
import PolicyCore
import StrictJSON
import Testing

@testable import GatewayEnforcement

@Suite struct RunTests {
    @Test func allowedCommandIsForwardedAfterItsRow() async throws {
        let scene = try Scene(results: [ARM.accepted])
        let answer = await scene.call("POST", Scene.action, body: Scene.allowedBody) {
            $0.contentType = ["application/json; charset=utf-8"]
            $0.clientRequestID = "11111111-2222-4333-8444-555555555555"
            $0.correlationRequestID = "66666666-2222-4333-8444-555555555555"
            $0.returnsClientRequestID = true
            $0.justification = "ticket 42"
        }
        let id = Scene.requestID(1)
        #expect(answer.status == 202)
        #expect(answer.body.isEmpty)
        #expect(answer.header("x-ms-request-id") == id)
        #expect(answer.header("x-ms-correlation-request-id") == "66666666-2222-4333-8444-555555555555")
        #expect(answer.header("x-ms-client-request-id") == "11111111-2222-4333-8444-555555555555")
        #expect(answer.index == 1)
        let base =
            "https://run.contoso.example/subscriptions/\(Scene.subscription)/providers/Microsoft.Compute/locations/westus/operations/\(id)?"
        #expect(answer.header("location") == base + "monitor=true&api-version=2024-11-01")
        #expect(answer.header("azure-asyncoperation") == base + "api-version=2024-11-01")
        let sent = try #require(scene.upstream.sent.first)
        #expect(scene.upstream.sent.count == 1)
        #expect(sent.permittedBy == "decision")
        #expect(sent.target == Scene.action)
        #expect(sent.body == #"{"commandId":"RunShellScript","script":["echo hello"],"parameters":[]}"#)
        #expect(sent.correlationID == "66666666-2222-4333-8444-555555555555")
        #expect(sent.clientRequestID == "11111111-2222-4333-8444-555555555555")
        #expect(scene.events() == ["decision", "response"])
        let decision = try scene.last("decision")
        #expect(decision["decision"]?["rule"]?.string == "run")
        #expect(decision["justification"]?.string == "ticket 42")
        #expect(decision["command"]?["scriptSHA256"]?.string == Scene.script.digest)
        #expect(decision["requestDigest"]?.string?.utf8.count == 64)
        let response = try scene.last("response")
        #expect(response["upstream"]?["operationID"]?.string == ARM.operationID)
        #expect(response["upstream"]?["requestID"]?.string == "arm-request")
    }

    @Test func idsThatAreNoGUIDsAreIgnored() async throws {
        let scene = try Scene(results: [ARM.accepted])
        let answer = await scene.call("POST", Scene.action, body: Scene.allowedBody) {
            $0.clientRequestID = "{11111111-2222-4333-8444-555555555555}"
            $0.correlationRequestID = "mine"
            $0.returnsClientRequestID = true
            $0.justification = String(repeating: "a", count: 513)
        }
        #expect(answer.header("x-ms-client-request-id") == nil)
        #expect(answer.header("x-ms-correlation-request-id") == Scene.requestID(1))
        let sent = try #require(scene.upstream.sent.first)
        #expect(sent.clientRequestID == nil)
        #expect(sent.correlationID == Scene.requestID(1))
        #expect(try scene.last("decision")["justification"] == nil)
        for text in ["tab\there", "line\n", "\u{85}"] {
            let scene = try Scene(results: [ARM.accepted])
            _ = await scene.call("POST", Scene.action, body: Scene.allowedBody) { $0.justification = text }
            #expect(try scene.last("decision")["justification"] == nil)
        }
    }

    @Test(arguments: [
        #"{"commandId":"RunShellScript","script":["echo other"]}"#,
        #"{"commandId":"IPConfig","script":["echo other"]}"#, #"{"commandId":"IPConfig","script":[]}"#,
        #"{"commandId":"RunShellScript"}"#, #"{"commandId":"RunPowerShellScript","script":["echo hello"]}"#,
        #"{"commandId":"RunShellScript","script":["echo hello"],"parameters":[{"name":"other","value":"1"}]}"#,
    ])
    func whatNoRuleListsIsDenied(body: String) async throws {
        let scene = try Scene(results: [ARM.accepted])
        let answer = await scene.run(body)
        #expect(answer.status == 403)
        #expect(answer.error == "RequestDisallowedByPolicy")
        #expect(answer.header("retry-after") == nil)
        #expect(answer.json?["error"]?["details"]?.array?.isEmpty == false)
        #expect(scene.upstream.sent.isEmpty)
        #expect(scene.events() == ["decision"])
        #expect(try scene.last("decision")["decision"]?["effect"]?.string == "deny")
        #expect(answer.index == 1)
    }

    @Test func floorIsAnInvalidParameter() async throws {
        let scene = try Scene(results: [ARM.accepted])
        let answer = await scene.run(
            #"{"commandId":"RunShellScript","script":["echo hello"],"parameters":"#
                + #"[{"name":"LD_PRELOAD","value":"x"},{"name":"","value":"y"}]}"#)
        #expect(answer.status == 400)
        #expect(answer.error == "InvalidParameter")
        #expect(answer.json?["error"]?["target"]?.string == "$.parameters[0].name")
        #expect(answer.json?["error"]?["details"]?.array?.count == 2)
        #expect(scene.upstream.sent.isEmpty)
        #expect(try scene.last("decision")["command"]?["parameters"]?.array?.count == 2)
    }

    @Test func withoutItsRowNothingIsSent() async throws {
        for error in [AuditLogError.writeFailed("full"), .timedOut, .closed] {
            let scene = try Scene(results: [ARM.accepted])
            scene.log.fail(on: [.decision], error)
            for body in [Scene.allowedBody, #"{"commandId":"RunShellScript","script":["no"]}"#, "{", ""] {
                let answer = await scene.run(body)
                #expect(answer.status == 503)
                #expect(answer.error == "AuditUnavailable")
                #expect(answer.header("retry-after") == "5")
                #expect(answer.header("x-sallyport-audit-index") == nil)
            }
            #expect(scene.upstream.sent.isEmpty)
            // The row may become durable after all; then it must not look like a command that may have run.
            scene.log.fail(on: [])
            _ = await scene.run("{")
            let response = try scene.rows().first { $0["event"]?.string == "response" }
            #expect(response?["upstream"]?["result"]?.string == (error == .timedOut ? "notSent" : nil))
            #expect(response?["requestID"]?.string == (error == .timedOut ? Scene.requestID(1) : nil))
            #expect(scene.events().count == (error == .timedOut ? 2 : 1))
        }
    }

    @Test func digestTellsRequestsApart() async throws {
        func digest(_ target: String, _ body: String, method: String = "POST") async throws -> String? {
            let scene = try Scene()
            _ = await scene.call(method, target, body: body)
            return try scene.rows().first?["requestDigest"]?.string
        }
        let one = try await digest(Scene.action, Scene.allowedBody)
        #expect(one != nil)
        #expect(one == (try await digest(Scene.action.replacing("web-01", with: "WEB-01"), Scene.allowedBody)))
        #expect(
            one == (try await digest(Scene.action, #"{ "script":["echo hello\n"], "commandId":"RunShellScript" }"#)))
        #expect(one != (try await digest(Scene.action.replacing("web-01", with: "web-02"), Scene.allowedBody)))
        #expect(one != (try await digest(Scene.action.replacing("2024-11-01", with: "2024-07-01"), Scene.allowedBody)))
        // A number that has no canonical form must not make two updates one.
        let a = try await digest(
            Scene.command, #"{"properties":{"timeoutInSeconds":-0,"runAsUser":"a"}}"#, method: "PATCH")
        let b = try await digest(
            Scene.command, #"{"properties":{"timeoutInSeconds":-0,"runAsUser":"b"}}"#, method: "PATCH")
        #expect(a != nil && a != b)
        // Secret values take part.
        let c = try await digest(Scene.command, #"{"properties":{"runAsPassword":"one"}}"#, method: "PATCH")
        let d = try await digest(Scene.command, #"{"properties":{"runAsPassword":"two"}}"#, method: "PATCH")
        #expect(c != d)
    }

    @Test func denialMakesNoPermission() throws {
        let context = ForwardingContext(
            operation: .run, correlationID: "c", clientRequestID: nil, acceptLanguage: nil, callerToken: nil)
        let index = AuditIndex(durable: 1)
        for (effect, isPermitted) in [(Decision.Effect.deny, false), (.allow, true)] {
            let recorded = RecordedDecision(
                decision: Decision(effect: effect, rule: "r", policyDigest: "d"), durableAt: index)
            let request = PermittedRequest(recorded, method: .post, target: "/", body: [], context: context)
            #expect((request != nil) == isPermitted)
        }
    }
}
