import ARMSimulator
import AuditStore
import StrictJSON
import Testing

/// PATCH of a scale-set instance's command, judged on what the instance would run afterwards.
@Suite struct UpdateTests {
    /// The standard rules, and beside them a scale set whose stored secrets nobody may keep.
    private static var options: LocalStack.Options {
        var options = LocalStack.Options()
        options.rules +=
            "\n" + """
                  - id: strict-update
                    effect: allow
                    principals: [user:\(LocalStack.operatorID)]
                    operations: [update]
                    targets:
                      - {subscription: \(LocalStack.subscription), resourceGroup: "rg-*", virtualMachine: "none"}
                      - {subscription: \(LocalStack.subscription), resourceGroup: "rg-*", scaleSet: "strict", instance: "*"}
                    commands: [{script: hello}]
                    storedSecrets: false
                """
        options.rules = options.rules.replacing(
            "scaleSet: \"*\", instance: \"*\"}\n    commands: [{script: hello}]\n    storedSecrets: true",
            with: "scaleSet: \"web\", instance: \"*\"}\n    commands: [{script: hello}]\n    storedSecrets: true")
        return options
    }

    private static func put(
        _ target: String, _ stack: LocalStack, source: String? = nil, more: String = ""
    ) async throws {
        let source = source ?? #"{"script":\#(LocalStack.quoted(LocalStack.helloScript))}"#
        let answer = try await stack.atSimulator(
            "PUT", target,
            body:
                #"{"location":"eastus","properties":{"source":\#(source),"parameters":[{"name":"word","value":"stored"}]\#(more)}}"#
        )
        guard answer.status == 201 else { throw Unexpected(answer.text) }
    }

    private static func object(_ request: ReceivedRequest?) throws -> JSONNode? {
        try request.map { try JSONReader.read($0.body) }?["properties"]
    }

    @Test func updateRunsAndEveryStepIsOnRecord() async throws {
        try await LocalStack.withRunning(Self.options) { stack in
            let target = LocalStack.instance("report")
            try await Self.put(target, stack, more: #","protectedParameters":[{"name":"token","value":"kept-inside"}]"#)
            let token = try stack.token()
            let answer = try await stack.call(
                "PATCH", target,
                body: """
                    {"properties":{"parameters":[{"name":"word","value":"patched"}],"runAsUser":"svc",
                    "runAsPassword":"Secret0123","protectedParameters":[{"name":"token","value":"new-token-value"}],
                    "outputBlobUri":"https://logs.blob.core.windows.net/run/out?sig=blob-secret"}}
                    """, token: token)
            #expect(answer.status == 200, "\(answer.text)")
            #expect(answer.json?["properties"]?["provisioningState"]?.string == "Updating")
            let id = try #require(answer.header("x-ms-request-id"))
            let end = try await stack.follow(answer.header("azure-asyncoperation"), token: token)
            #expect(end.json?["status"]?.string == "Succeeded", "\(end.text)")
            #expect(end.json?["name"]?.string == id)

            // What was forwarded names source, parameters, account, time-out and flags, as judged.
            let forwarded = await stack.simulator.receivedRequests.last { $0.method == "PATCH" }
            let body = try #require(try Self.object(forwarded))
            #expect(body["source"]?["script"]?.string == LocalStack.helloScript)
            #expect(body["parameters"]?.array?.first?["value"]?.string == "patched")
            #expect(body["parameters"]?.array?.count == 1)
            #expect(body["protectedParameters"]?.array?.first?["value"]?.string == "new-token-value")
            #expect(body["runAsUser"]?.string == "svc")
            #expect(body["runAsPassword"]?.string == "Secret0123")
            #expect(body["timeoutInSeconds"]?.integer == 600)
            #expect(body["asyncExecution"]?.bool == false)
            #expect(body["treatFailureAsDeploymentFailure"]?.bool == false)
            #expect(body["outputBlobUri"]?.string?.hasSuffix("/run/out?sig=blob-secret") == true)
            #expect(body["errorBlobUri"] == nil)

            let view = try await stack.call(
                "GET", LocalStack.instance("report", query: "&$expand=instanceView"), token: token)
            #expect(view.status == 200, "\(view.text)")
            let instance = view.json?["properties"]?["instanceView"]
            #expect(instance?["output"]?.string == "hello patched\n")
            #expect(instance?["error"]?.string == "oops\n")
            #expect(instance?["exitCode"]?.integer == 0)

            let rows = try stack.record().filter { $0.row["requestID"]?.string == id }
            #expect(rows.map(\.event) == ["lookup", "decision", "response", "lookup", "outcome"])
            let command = try #require(rows[1].row["command"])
            #expect(command["runAsPassword"]?["redacted"]?.bool == true)
            #expect(command["runAsPassword"]?["fingerprint"]?.string?.contains(":") == true)
            #expect(command["protectedParameters"]?.array?.first?["redacted"]?.bool == true)
            #expect(command["scriptSHA256"]?.string?.utf8.count == 64)
            #expect(rows[1].row["decision"]?["rule"]?.string == "test-update")
            #expect(rows[1].row["decision"]?["obligations"]?["timeoutInSeconds"]?.integer == 600)
            #expect(rows[4].row["outcome"]?["status"]?.string == "succeeded")
            #expect(rows[4].row["outcome"]?["exitCode"]?.integer == 0)
            #expect(rows[4].row["outcome"]?["outputLength"]?.integer == 14)
            #expect(answer.header("x-sallyport-audit-index") == String(rows[1].index))
            let findings = try AuditVerification.run(AuditReader(path: stack.database)) { Issue.record("\($0)") }
            #expect(findings.isSound)

            // The same secret has the same fingerprint, another has another.
            let again = try await stack.call(
                "PATCH", target, body: #"{"properties":{"runAsUser":"svc","runAsPassword":"Secret0123"}}"#, token: token
            )
            let other = try await stack.call(
                "PATCH", target, body: #"{"properties":{"runAsUser":"svc","runAsPassword":"Secret0124"}}"#, token: token
            )
            let fingerprints = try [again, other].map { answer in
                try stack.rows(of: answer).first { $0.event == "decision" }?
                    .row["command"]?["runAsPassword"]?["fingerprint"]?.string
            }
            #expect(fingerprints[0] == command["runAsPassword"]?["fingerprint"]?.string)
            #expect(fingerprints[1] != fingerprints[0])
        }
    }

    @Test func tagsAloneAreJudgedLikeAnyUpdate() async throws {
        try await LocalStack.withRunning(Self.options) { stack in
            let (good, bad) = (LocalStack.instance("good"), LocalStack.instance("bad"))
            try await Self.put(good, stack)
            try await Self.put(bad, stack, source: #"{"script":"rm -rf /tmp/nothing"}"#)
            let token = try stack.token()
            let answer = try await stack.call("PATCH", good, body: #"{"tags":{"team":"web"}}"#, token: token)
            #expect(answer.status == 200, "\(answer.text)")
            let body = try Self.object(await stack.simulator.receivedRequests.last { $0.method == "PATCH" })
            #expect(body?["source"]?["script"]?.string == LocalStack.helloScript)
            #expect(body?["parameters"]?.array?.first?["value"]?.string == "stored")
            let refused = try await stack.call("PATCH", bad, body: #"{"tags":{"team":"web"}}"#, token: token)
            LocalStack.expectEnvelope(refused, 403, "RequestDisallowedByPolicy", "tags over a script nobody approved")
            #expect(try stack.rows(of: refused).map(\.event) == ["lookup", "decision"])
            #expect(await stack.received("/bad?", method: "PATCH") == 0)
        }
    }

    @Test func whatNobodyCanReadIsKeptOnlyWhereARuleSaysSo() async throws {
        try await LocalStack.withRunning(Self.options) { stack in
            let strict = LocalStack.instance("report").replacing("/web/", with: "/strict/")
            try await Self.put(strict, stack)
            let token = try stack.token()
            let answer = try await stack.call(
                "PATCH", strict, body: #"{"properties":{"parameters":[{"name":"word","value":"x"}]}}"#, token: token)
            LocalStack.expectEnvelope(answer, 403, "RequestDisallowedByPolicy", "stored secrets")
            #expect(answer.json?["error"]?["details"]?.array?.isEmpty == false)
            #expect(await stack.received("/strict/", method: "PATCH") == 0)
            #expect(try stack.rows(of: answer).last?.row["decision"]?["effect"]?.string == "deny")
        }
    }

    @Test func aStoredOrGivenScriptAddressIsDenied() async throws {
        try await LocalStack.withRunning(Self.options) { stack in
            let target = LocalStack.instance("remote")
            try await Self.put(
                target, stack, source: #"{"scriptUri":"https://scripts.blob.core.windows.net/x.sh?sig=s"}"#)
            let token = try stack.token()
            let stored = try await stack.call("PATCH", target, body: #"{"tags":{"a":"b"}}"#, token: token)
            LocalStack.expectEnvelope(stored, 403, "RequestDisallowedByPolicy", "stored")
            let given = try await stack.call(
                "PATCH", target,
                body: #"{"properties":{"source":{"scriptUri":"https://scripts.blob.core.windows.net/x.sh?sig=s"}}}"#,
                token: token)
            LocalStack.expectEnvelope(given, 403, "RequestDisallowedByPolicy", "given")
            // The second cannot be allowed whatever is stored, so nobody asks what that is.
            #expect(try stack.rows(of: stored).map(\.event) == ["lookup", "decision"])
            #expect(try stack.rows(of: given).map(\.event) == ["decision"])
            #expect(await stack.received("/remote?", method: "PATCH") == 0)
            #expect(await stack.received("/remote?", method: "GET") == 1)
        }
    }

    @Test func aMissingCommandIsRelayedAsMissing() async throws {
        try await LocalStack.withRunning(Self.options) { stack in
            let token = try stack.token()
            let answer = try await stack.call(
                "PATCH", LocalStack.instance("nothing"), body: #"{"tags":{"a":"b"}}"#, token: token)
            LocalStack.expectEnvelope(answer, 404, "ResourceNotFound", "missing")
            #expect(try stack.rows(of: answer).map(\.event) == ["lookup", "response"])
            let read = try await stack.call("GET", LocalStack.instance("nothing"), token: token)
            LocalStack.expectEnvelope(read, 404, "ResourceNotFound", "missing")
            #expect(try stack.rows(of: read).map(\.event) == ["decision", "response"])
        }
    }

    @Test func aScriptThatFailsIsRecordedAsFailed() async throws {
        var options = Self.options
        options.scripts = ["fail": "echo gone >&2\nexit 7"]
        options.rules = options.rules.replacing(
            "commands: [{script: hello}]", with: "commands: [{script: hello}, {script: fail}]")
        try await LocalStack.withRunning(options) { stack in
            let target = LocalStack.instance("report")
            try await Self.put(target, stack)
            let token = try stack.token()
            let script = LocalStack.quoted("echo gone >&2\nexit 7\n")
            let answer = try await stack.call(
                "PATCH", target, body: #"{"properties":{"source":{"script":\#(script)},"parameters":[]}}"#, token: token
            )
            #expect(answer.status == 200, "\(answer.text)")
            _ = try await stack.follow(answer.header("azure-asyncoperation"), token: token)
            let rows = try stack.rows(of: answer)
            #expect(rows.last?.event == "outcome")
            #expect(rows.last?.row["outcome"]?["status"]?.string == "failed")
            #expect(rows.last?.row["outcome"]?["exitCode"]?.integer == 7)
            #expect(rows.last?.row["outcome"]?["executionState"]?.string == "Failed")
            // A poll of what has ended says the same and writes nothing.
            let before = try stack.record().count
            _ = try await stack.follow(answer.header("azure-asyncoperation"), token: token)
            #expect(try stack.record().count == before)
        }
    }

    @Test func updatesOfOneCommandRunOneAtATime() async throws {
        try await LocalStack.withRunning(Self.options) { stack in
            let target = LocalStack.instance("report")
            try await Self.put(target, stack)
            let token = try stack.token()
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for number in 0..<6 {
                    tasks.addTask {
                        let answer = try await stack.call(
                            "PATCH", number.isMultiple(of: 2) ? target : target.replacing("/report?", with: "/REPORT?"),
                            body: #"{"properties":{"parameters":[{"name":"word","value":"\#(number)"}]}}"#, token: token
                        )
                        #expect(answer.status == 200, "\(answer.text)")
                    }
                }
                try await tasks.waitForAll()
            }
            // Each looked before it changed, and nobody else looked in between.
            let methods = await stack.simulator.receivedRequests.map(\.method).filter { $0 != "PUT" }
            #expect(methods == Array(repeating: ["GET", "PATCH"], count: 6).flatMap(\.self))
        }
    }
}
