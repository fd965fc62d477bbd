import ARMSimulator
import AuditStore
import StrictJSON
import Testing

/// The main job over real TLS, a real script, a real database.
@Suite struct RunCommandTests {
    @Test func allowedCommandRunsAndIsRecorded() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            let answer = try await stack.call(
                "POST", LocalStack.vm("web-01"), body: LocalStack.helloBody("world"), token: token)
            #expect(answer.status == 202, "\(answer.text)")
            #expect(answer.body.isEmpty)
            let id = try #require(answer.header("x-ms-request-id"))
            for name in ["location", "azure-asyncoperation"] {
                let link = try #require(answer.header(name))
                #expect(link.utf8.count < 300)
                #expect(link.contains("/operations/\(id)?"))
            }
            let status = try await stack.follow(answer.header("azure-asyncoperation"), token: token)
            #expect(status.json?["status"]?.string == "Succeeded", "\(status.text)")
            #expect(status.json?["name"]?.string == id)
            let result = try await stack.follow(answer.header("location"), token: token)
            let message = try #require(result.json?["value"]?.array?.first?["message"]?.string)
            #expect(message.contains("hello world"))
            #expect(message.contains("oops"))

            let rows = try stack.record().filter { $0.row["requestID"]?.string == id }
            #expect(rows.map(\.event) == ["decision", "response", "outcome"])
            let decision = try #require(rows.first?.row)
            #expect(decision["decision"]?["effect"]?.string == "allow")
            #expect(decision["decision"]?["rule"]?.string == "test-run")
            #expect(decision["principal"]?["id"]?.string == LocalStack.operatorID)
            #expect(rows[2].row["outcome"]?["status"]?.string == "succeeded")
            #expect(answer.header("x-sallyport-audit-index") == rows.first.map { String($0.index) })
            let findings = try AuditVerification.run(AuditReader(path: stack.database)) { Issue.record("\($0)") }
            #expect(findings.isSound)
        }
    }

    @Test func refusedCommandIsNotForwarded() async throws {
        try await LocalStack.withRunning { stack in
            let body = LocalStack.helloBody().replacing("oops", with: "0ops")
            let answer = try await stack.call("POST", LocalStack.vm("web-01"), body: body, token: try stack.token())
            #expect(answer.status == 403)
            #expect(answer.code == "RequestDisallowedByPolicy")
            #expect(answer.header("retry-after") == nil)
            #expect(answer.json?["error"]?["details"]?.array?.isEmpty == false)
            #expect(await stack.simulator.receivedRequests.isEmpty)
            let rows = try stack.record().filter { $0.event == "decision" }
            #expect(rows.map { $0.row["decision"]?["effect"]?.string } == ["deny"])
        }
    }

    @Test func overHTTP2() async throws {
        try await LocalStack.withRunning { stack in
            let answer = try await stack.overHTTP2 {
                let token = try stack.token()
                let answer = try await stack.call(
                    "POST", LocalStack.vm("web-01"), bytes: Array(LocalStack.helloBody().utf8), token: token, client: $0
                )
                #expect(answer.status == 202, "\(answer.text)")
                #expect(answer.isHTTP2)
                let unknown = try await stack.call("GET", "/", bytes: nil, client: $0)
                try stack.expectUnidentified(unknown, "nobody")
                return try await stack.call(
                    "GET", try stack.path(answer.header("location")), bytes: nil, token: token, client: $0)
            }
            #expect([200, 202].contains(answer.status), "\(answer.text)")
        }
    }
}
