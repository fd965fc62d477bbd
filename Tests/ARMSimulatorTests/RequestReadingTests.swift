import ARMSimulator
import Foundation
import Testing

@Suite(.serialized) struct RequestReadingTests {
    /// Bodies that a strict reader refuses and this one takes, with what the script then prints.
    @Test func lenientBodies() async throws {
        let bodies: [(String, String)] = [
            (#"{"COMMANDID":"RunShellScript","Script":["echo any-case"]}"#, "any-case"),
            (#"{"commandId":"RunShellScript","script":["echo first"],"script":["echo last"]}"#, "last"),
            (#"{"commandId":"RunShellScript","script":["echo first"],"SCRIPT":["echo last-case"]}"#, "last-case"),
            (#"/* a */ {"commandId":"RunShellScript", // b\#n "script":["echo comments"]}"#, "comments"),
            (#"{'commandId':'RunShellScript','script':['echo single']}"#, "single"),
            (#"{commandId:"RunShellScript",script:["echo unquoted"],}"#, "unquoted"),
            ("\u{FEFF}{\"commandId\":\"RunShellScript\",\"script\":[\"echo mark\"]} trailing", "mark"),
            (#"{"commandId":"RunShellScript","script":["echo \u0024{#x}\u00e9 ok"],"parameters":null}"#, "ok"),
            (#"{"commandId":"RunShellScript","script":["echo $n"],"parameters":[{"name":"n","value":5}]}"#, "5"),
        ]
        try await SimulatorFixture.run { fixture in
            for (body, expected) in bodies {
                let output = try await fixture.output("web-1", body)
                #expect(output.contains(expected) && !output.contains("first"), "\(body) gave \(output)")
            }
        }
    }

    struct Refusal: Sendable {
        var method = "POST"
        var path: String
        var body: String?
        var status = 400
        var code: String
        var message = ""
    }

    @Test func refusals() async throws {
        let table: [Refusal] = [
            Refusal(
                path: "web/runCommand", body: #"{"commandId":"RunShellScript","scripts":[]}"#, code: "BadRequest",
                message:
                    "Could not find member 'scripts' on object of type 'RunCommandInput'. Path 'scripts', line 1, position 40."
            ),
            Refusal(
                path: "web/runCommand", body: #"{"commandId":"RunShellScript","script":"echo"}"#, code: "BadRequest"),
            Refusal(path: "web/runCommand", body: #"{"script":[]}"#, code: "InvalidParameter"),
            Refusal(path: "web/runCommand", body: #"{"commandId":null}"#, code: "InvalidParameter"),
            Refusal(path: "web/runCommand", body: "nothing", code: "InvalidRequestContent"),
            Refusal(path: "web/runCommand", body: "{", code: "InvalidRequestContent"),
            Refusal(path: "web/runCommand", body: String(repeating: "[", count: 200), code: "InvalidRequestContent"),
            Refusal(
                path: "web/runCommand?api-version=2030-01-01", body: "{}", code: "InvalidApiVersionParameter"),
            Refusal(path: "web/runCommand?api-version=", body: "{}", code: "MissingApiVersionParameter"),
            Refusal(path: "missing-1/runCommand", body: "{}", status: 404, code: "ResourceNotFound"),
            Refusal(method: "GET", path: "web/runCommand", status: 405, code: "MethodNotAllowed"),
            Refusal(path: "web/runCommandz", body: "{}", status: 404, code: "InvalidResourceType"),
            Refusal(
                method: "PUT", path: "web/runCommands/c", body: #"{"location":"eastus","zones":[]}"#,
                code: "InvalidRequestContent",
                message: "Could not find member 'zones' on object of type 'ResourceDefinition'"),
            Refusal(
                method: "PUT", path: "web/runCommands/c", body: #"{"location":"eastus","properties":{"artifacts":[]}}"#,
                code: "BadRequest", message: "Path 'properties.artifacts'"),
            Refusal(
                method: "PUT", path: "web/runCommands/c?api-version=2022-11-01",
                body:
                    #"{"location":"e","properties":{"source":{"script":"x"},"treatFailureAsDeploymentFailure":true}}"#,
                code: "BadRequest", message: "treatFailureAsDeploymentFailure"),
            Refusal(
                method: "PUT", path: "web/runCommands/c", body: #"{"properties":{"source":{"script":"x"}}}"#,
                code: "LocationRequired"),
            Refusal(
                method: "PUT", path: "web/runCommands/c",
                body: #"{"location":"e","properties":{"source":{"script":"x","commandId":"ifconfig"}}}"#,
                code: "InvalidParameterConflictingProperties"),
            Refusal(
                method: "PUT", path: "web/runCommands/c?api-version=2019-12-01", body: "{}",
                code: "NoRegisteredProviderFound"),
            Refusal(
                method: "PATCH", path: "web/runCommands/c", body: #"{"location":"eastus"}"#,
                code: "InvalidRequestContent"),
        ]
        try await SimulatorFixture.run { fixture in
            for row in table {
                let reply = try await fixture.send(row.method, fixture.machine(row.path), body: row.body)
                #expect(reply.status == row.status, "\(row)")
                #expect(reply.json["error"]["code"].string == row.code, "\(row) gave \(reply.text)")
                if !row.message.isEmpty {
                    #expect(reply.json["error"]["message"].string?.contains(row.message) == true, "\(reply.text)")
                }
            }
            let subscription = try await fixture.send(
                "POST",
                "/subscriptions/nothing/resourceGroups/r/providers/Microsoft.Compute/virtualMachines/v/runCommand",
                body: "{}")
            #expect(subscription.json["error"]["code"].string == "InvalidSubscriptionId")
        }
    }

    @Test func readOnlyMembersAreDropped() async throws {
        try await SimulatorFixture.run {
            $0.isInstant = true
        } _: { fixture in
            let reply = try await fixture.send(
                "PUT", fixture.machine("web") + "/runCommands/c",
                body: """
                    {"id":"x","name":"y","location":"eastus","properties":{"source":{"script":"true"},
                     "provisioningState":"Failed","instanceView":{"output":"forged"}}}
                    """)
            #expect(reply.status == 201)
            #expect(!reply.text.contains("forged"))
        }
    }

    @Test func everyHeaderOfARecordedAnswerIsThere() async throws {
        try await SimulatorFixture.run { fixture in
            let correlation = UUID().uuidString.lowercased()
            let reply = try await fixture.send(
                "POST", fixture.machine("web") + "/runCommand", body: #"{"commandId":"ifconfig"}"#,
                headers: [
                    ("x-ms-correlation-request-id", correlation), ("x-ms-client-request-id", "mine"),
                    ("x-ms-return-client-request-id", "true"),
                ])
            #expect(reply.header("x-ms-correlation-request-id") == correlation)
            #expect(reply.header("x-ms-client-request-id") == "mine")
            for name in [
                "date", "server", "expires", "x-ms-ratelimit-remaining-subscription-writes", "pragma",
                "strict-transport-security", "x-content-type-options", "x-ms-ratelimit-remaining-resource",
                "x-ms-routing-request-id", "cache-control",
            ] { #expect(reply.header(name) != nil, "\(name)") }
        }
    }

    @Test func receivedRequestsAreKeptWithoutTheToken() async throws {
        let file = NSTemporaryDirectory() + "received-\(UUID().uuidString).jsonl"
        defer { try? FileManager.default.removeItem(atPath: file) }
        try await SimulatorFixture.run {
            $0.requestLogPath = file
        } _: { fixture in
            let body = #"{ "commandId" : "ifconfig" }"#
            let path = fixture.machine("web") + "/runCommand?api-version=2024-11-01"
            _ = try await fixture.send("POST", path, body: body, headers: [("x-ms-client-request-id", "mine")])
            let requests = await fixture.simulator.receivedRequests
            #expect(requests.count == 1)
            #expect(requests.first?.target == path)
            #expect(requests.first?.body == Array(body.utf8))
            #expect(requests.first?.clientRequestID == "mine")
            #expect(requests.first?.authorizationSHA256?.count == 64)
            let lines = try await fixture.send("GET", "/simulator/log", token: "")
            let written = try String(contentsOfFile: file, encoding: .utf8)
            for text in [lines.text, written] {
                #expect(text.split(separator: "\n").count == 1)
                #expect(JSON(text)["body"].string == body)
                #expect(!text.contains(fixture.token))
            }
        }
    }
}
