import ARMSimulator
import AuditStore
import GatewayServer
import GatewayTestSupport
import StrictJSON
import Testing

/// What an operator sees: health, metrics, the gateway's own rows, an orderly stop, a new certificate.
@Suite struct OperationsTests {
    @Test func managementPages() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            let answer = try await stack.call(
                "POST", LocalStack.vm("web-01"), body: LocalStack.helloBody(), token: token)
            #expect(answer.status == 202)
            _ = try await stack.call("POST", LocalStack.vm("web-01"), body: LocalStack.helloBody())
            let health = try await stack.management("/healthz")
            #expect(health.status == 200)
            let readiness = try await stack.management("/readyz")
            #expect(readiness.status == 200)
            #expect(readiness.json?["ready"]?.bool == true)
            let metrics = try await stack.management("/metrics")
            #expect(metrics.header("content-type")?.hasPrefix("text/plain; version=0.0.4") == true)
            for line in [
                #"sallyport_requests_total{code="",operation="run",status="2xx"} 1"#,
                #"sallyport_decisions_total{effect="allow",rule="test-run"} 1"#,
                #"sallyport_authentication_failures_total{reason="missing"} 1"#, "sallyport_open_operations 1",
                "sallyport_unknown_outcomes_total 0", "sallyport_audit_writable 1", "sallyport_audit_waiting_records 0",
                #"sallyport_upstream_duration_seconds_count{operation="run",result="answered"} 1"#,
                "sallyport_upstream_passthrough 0", "sallyport_open_connections",
            ] { #expect(Self.has(metrics.text, line), "\(line)") }
            for name in [
                "sallyport_audit_commits_total", "sallyport_audit_records_total", "sallyport_audit_last_commit_seconds",
                "sallyport_key_set_age_seconds",
                "sallyport_certificate_expiry_timestamp_seconds", "sallyport_policy_info{digest=",
            ] { #expect(metrics.text.contains("\n" + name), "\(name)") }
            _ = try await stack.follow(answer.header("location"), token: token)
            let after = try await stack.management("/metrics").text
            #expect(Self.has(after, "sallyport_open_operations 0"))
            // Nothing but these, and not on the other listener.
            #expect(try await stack.management("/").status == 404)
            #expect(try await stack.call("GET", "/metrics", token: token).status == 403)
        }
    }

    /// A line of the metrics that begins so; labels in any order.
    private static func has(_ text: String, _ line: String) -> Bool {
        func parts(_ line: Substring) -> (String, Set<String>, String) {
            let name = line.prefix { $0 != "{" && $0 != " " }
            let rest = line.dropFirst(name.count)
            let labels = rest.hasPrefix("{") ? rest.dropFirst().prefix { $0 != "}" } : ""
            let value = line.split(separator: " ").dropFirst().last.map { String($0.prefix { $0 != "." }) } ?? ""
            return (
                String(name), Set(labels.split(separator: ",").map(String.init).filter { !$0.hasSuffix("=\"\"") }),
                value
            )
        }
        let wanted = parts(line[...])
        return text.split(separator: "\n").contains { candidate in
            let found = parts(candidate)
            return found.0 == wanted.0 && found.1 == wanted.1 && (wanted.2.isEmpty || found.2 == wanted.2)
        }
    }

    @Test func theGatewaysOwnRows() async throws {
        try await LocalStack.Surroundings.with { surroundings in
            for _ in 0..<2 {
                try await surroundings.withGateway { stack in
                    for _ in 0..<3 { _ = try await stack.call("GET", LocalStack.instance("x")) }
                }
            }
            let rows = try surroundings.record()
            #expect(
                rows.map(\.event)
                    == Array(repeating: ["started", "policyLoaded", "authenticationFailed", "stopped"], count: 2)
                    .flatMap(\.self))
            #expect(rows[0].row["version"]?.string?.isEmpty == false)
            #expect(rows[0].row["configurationDigest"]?.string == "test")
            #expect(rows[0].row["policyDigest"]?.string == rows[1].row["policyDigest"]?.string)
            #expect(rows[0].row["policyDigest"]?.string?.isEmpty == false)
            #expect(rows[1].row["policyRevision"]?.string == "1")
            #expect(rows[2].row["count"]?.integer == 3)
            #expect(rows[2].row["reason"]?.string == "missing")
            #expect(rows.map(\.index) == Array(1...8))
            let path = surroundings.directory.path("audit.sqlite")
            let findings = try AuditVerification.run(AuditReader(path: path)) { Issue.record("\($0)") }
            #expect(findings.isSound)
        }
    }

    @Test func anOrderlyStopFinishesWhatIsInFlight() async throws {
        try await LocalStack.Surroundings.with { surroundings in
            let answer = try await surroundings.withGateway { stack in
                let token = try stack.token()
                stack.simulator.add(SimulatorFault(.slow(1_000), method: "POST", pathContains: "web-01"))
                async let answer = stack.call(
                    "POST", LocalStack.vm("web-01"), body: LocalStack.helloBody(), token: token)
                #expect(try await LocalStack.eventually { await stack.received("web-01") == 1 })
                await stack.beginStop()
                // Readiness goes first, while the request is still on its way.
                #expect(
                    try await LocalStack.eventually {
                        let readiness = try await stack.management("/readyz")
                        return readiness.status == 503 && readiness.text.contains("stopping")
                    })
                return try await answer
            }
            #expect(answer.status == 202, "\(answer.text)")
            #expect(answer.header("location")?.hasPrefix("https://gateway.test/") == true)
            let rows = try surroundings.record()
            #expect(rows.map(\.event).suffix(3) == ["decision", "response", "stopped"])
            // What was begun can be polled at the next gateway.
            try await surroundings.withGateway { stack in
                let result = try await stack.follow(answer.header("location"), token: try stack.token())
                #expect(result.text.contains("hello world"), "\(result.text)")
            }
        }
    }

    @Test func aCallerWhoLeavesDoesNotStopTheRecord() async throws {
        try await LocalStack.withRunning { stack in
            stack.simulator.add(SimulatorFault(.slow(500), method: "POST", pathContains: "web-01"))
            let (token, body) = (try stack.token(), LocalStack.helloBody())
            try await RawConnection.with(stack) { connection in
                try await connection.send(
                    "POST \(LocalStack.vm("web-01")) HTTP/1.1\r\nHost: gateway.test\r\nAuthorization: Bearer \(token)\r\n"
                        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
                #expect(try await LocalStack.eventually { await stack.received("web-01") == 1 })
            }
            #expect(
                try await LocalStack.eventually {
                    try stack.record().map(\.event).suffix(2) == ["decision", "response"]
                })
            #expect(try stack.record().last?.row["upstream"]?["operationID"]?.string?.isEmpty == false)
        }
    }

    @Test func aNewCertificateServesNewConnectionsAndOldOnesLive() async throws {
        try await LocalStack.withRunning { stack in
            let next = try stack.authority.issueServer()
            try await RawConnection.with(stack) { old in
                let first = try await old.request("GET", "/metadata/endpoints", token: nil)
                #expect(first.status == 200)
                let serial = try await old.serial()
                #expect(serial != next.serialNumber)
                // Half of the pair is not taken over.
                try stack.directory.write(try next.certificatePEM, as: "tls.crt")
                stack.gateway.reloadCertificate()
                let between = try await RawConnection.with(stack) { connection in
                    _ = try await connection.request("GET", "/metadata/endpoints", token: nil)
                    return try await connection.serial()
                }
                #expect(between == serial)
                try stack.directory.write(next.privateKeyPEM, as: "tls.key")
                stack.gateway.reloadCertificate()
                let fresh = try await RawConnection.with(stack) { connection in
                    let answer = try await connection.request("GET", "/metadata/endpoints", token: nil)
                    #expect(answer.status == 200)
                    return try await connection.serial()
                }
                #expect(fresh == next.serialNumber)
                let again = try await old.request("GET", "/metadata/endpoints", token: nil)
                #expect(again.status == 200)
                #expect(try await old.serial() == serial)
            }
        }
    }

    @Test func manyCallersAtOnceAreAllOnRecord() async throws {
        var options = LocalStack.Options()
        options.simulator = { $0.isInstant = true }
        try await LocalStack.withRunning(options) { stack in
            let token = try stack.token()
            let ids = try await withThrowingTaskGroup(of: String?.self) { tasks in
                for number in 0..<64 {
                    tasks.addTask {
                        let answer = try await stack.call(
                            "POST", LocalStack.vm("web-\(number % 8)"), body: LocalStack.helloBody("\(number)"),
                            token: token)
                        #expect(answer.status == 202, "\(answer.text)")
                        return answer.header("x-ms-request-id")
                    }
                }
                return try await tasks.reduce(into: Set<String>()) { if let id = $1 { $0.insert(id) } }
            }
            #expect(ids.count == 64)
            #expect(await stack.received("/runCommand?") == 64)
            let rows = try stack.record()
            for event in ["decision", "response"] {
                #expect(Set(rows.filter { $0.event == event }.compactMap { $0.row["requestID"]?.string }) == ids)
            }
            let findings = try AuditVerification.run(AuditReader(path: stack.database)) { Issue.record("\($0)") }
            #expect(findings.isSound)
        }
    }
}
