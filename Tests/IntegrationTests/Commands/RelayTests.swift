import ARMSimulator
import StrictJSON
import Testing

/// What ARM answers, as the caller sees it: every form of a success, and nothing of ARM's own addresses.
@Suite struct RelayTests {
    @Test func retryAfterOfRunningOperationsIsRelayed() async throws {
        var options = LocalStack.Options()
        options.simulator = { $0.retryAfterSeconds = 7 }
        try await LocalStack.withRunning(options) { stack in
            let answer = try await stack.call(
                "POST", LocalStack.vm("web-01"), body: LocalStack.helloBody(), token: try stack.token())
            #expect(answer.status == 202)
            #expect(answer.header("retry-after") == "7")
            for name in ["server", "set-cookie", "x-ms-failure-cause"] {
                #expect(answer.header(name) == nil, "\(name)")
            }
            #expect(answer.header("x-ms-ratelimit-remaining-subscription-writes") == "1199")
            #expect(answer.header("strict-transport-security")?.isEmpty == false)
        }
    }

    /// The first version gives the result without the outer `value`.
    @Test(arguments: ["2017-03-30", "2018-04-01", "2026-04-01"]) func everyFormOfAResult(_ version: String) async throws
    {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            let answer = try await stack.call(
                "POST", LocalStack.vm("web-01", version: version), body: LocalStack.helloBody("form"), token: token)
            #expect(answer.status == 202, "\(answer.text)")
            let status = try await stack.follow(answer.header("azure-asyncoperation"), token: token)
            #expect(status.json?["status"]?.string == "Succeeded", "\(status.text)")
            #expect(status.text.contains("hello form"), "\(status.text)")
            let result = try await stack.follow(answer.header("location"), token: token)
            #expect(result.status == 200)
            #expect(result.text.contains("hello form"), "\(result.text)")
            let rows = try stack.rows(of: answer)
            #expect(rows.map(\.event) == ["decision", "response", "outcome"])
            #expect(rows.last?.row["outcome"]?["status"]?.string == "succeeded")
            #expect(await stack.simulator.receivedRequests.first?.target.hasSuffix("api-version=" + version) == true)
        }
    }

    @Test func aBuiltInRunsAsARMShipsIt() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            let answer = try await stack.call(
                "POST", LocalStack.vm("web-01"), body: #"{"commandId":"IfConfig"}"#, token: token)
            #expect(answer.status == 202, "\(answer.text)")
            let result = try await stack.follow(answer.header("location"), token: token)
            #expect(result.json?["value"]?.array?.isEmpty == false, "\(result.text)")
            let other = try await stack.call(
                "POST", LocalStack.vm("web-01"), body: #"{"commandId":"EnableRemotePS"}"#, token: token)
            try stack.expectRefused(other, 403, "RequestDisallowedByPolicy", "another built-in")
            let received = await stack.simulator.receivedRequests.first
            let body = try received.map { try JSONReader.read($0.body) }
            #expect(body?["script"] == nil)
        }
    }

    @Test func anUpdateThatARMAcceptsWithoutABody() async throws {
        var options = LocalStack.Options()
        options.simulator = {
            $0.managedAccepted = true
            $0.managedLocationHeader = true
        }
        try await LocalStack.withRunning(options) { stack in
            let (target, script) = (LocalStack.instance("report"), LocalStack.quoted(LocalStack.helloScript))
            let put = try await stack.atSimulator(
                "PUT", target, body: #"{"location":"eastus","properties":{"source":{"script":\#(script)}}}"#)
            #expect(put.status == 201)
            let token = try stack.token()
            let answer = try await stack.call(
                "PATCH", target.replacing("/report?", with: "/report/?"),
                body: #"{"properties":{"parameters":[{"name":"word","value":"x"}]}}"#, token: token)
            #expect(answer.status == 202, "\(answer.text)")
            #expect(answer.body.isEmpty || answer.json?["properties"] != nil)
            let command = try await stack.follow(answer.header("location"), token: token)
            #expect(command.json?["properties"]?["provisioningState"]?.string == "Succeeded", "\(command.text)")
            let rows = try stack.rows(of: answer)
            #expect(rows.map(\.event) == ["lookup", "decision", "response", "lookup", "outcome"])
            #expect(rows.last?.row["outcome"]?["exitCode"]?.integer == 0)
            // The slash at the end is taken and not forwarded.
            #expect(await stack.simulator.receivedRequests.allSatisfy { !$0.target.contains("/?") })
        }
    }

    @Test func anActionOnABusyMachineIsRefusedByARMItself() async throws {
        var options = LocalStack.Options()
        options.scripts = ["wait": "sleep 3"]
        options.rules = options.rules.replacing("  - {builtIn: ifconfig}", with: "  - {script: wait}")
        try await LocalStack.withRunning(options) { stack in
            let token = try stack.token()
            let body = #"{"commandId":"RunShellScript","script":["sleep 3"]}"#
            let first = try await stack.call("POST", LocalStack.vm("web-01"), body: body, token: token)
            #expect(first.status == 202, "\(first.text)")
            let second = try await stack.call("POST", LocalStack.vm("web-01"), body: body, token: token)
            #expect(second.status == 409)
            #expect(second.code == "Conflict", "\(second.text)")
            #expect(second.header("retry-after") == nil)
            #expect(second.code != "UpstreamOutcomeUnknown")
            // A running operation is told as running, with our own links again.
            let running = try await stack.call("GET", try stack.path(first.header("location")), token: token)
            #expect(running.status == 202)
            #expect(running.header("location") == first.header("location"))
            let status = try await stack.call("GET", try stack.path(first.header("azure-asyncoperation")), token: token)
            #expect(status.json?["status"]?.string == "InProgress", "\(status.text)")
            #expect(try stack.rows(of: first).map(\.event) == ["decision", "response"])
        }
    }

    /// A caller that asks leave to send its body gets it only once it is known.
    @Test func leaveToSendABodyIsForKnownCallers() async throws {
        try await LocalStack.withRunning { stack in
            let body = LocalStack.helloBody()
            let head =
                "POST \(LocalStack.vm("web-01")) HTTP/1.1\r\nHost: gateway.test\r\nExpect: 100-continue\r\n"
                + "Content-Length: \(body.utf8.count)\r\n"
            let token = try stack.token()
            try await RawConnection.with(stack) { connection in
                try await connection.send(head + "Authorization: Bearer nobody\r\n\r\n")
                let refused = try await connection.answer()
                try stack.expectUnidentified(refused, "no leave")
            }
            try await RawConnection.with(stack) { connection in
                try await connection.send(head + "Authorization: Bearer \(token)\r\n\r\n")
                #expect(try await connection.answer().status == 100)
                try await connection.send(body)
                #expect(try await connection.answer().status == 202)
            }
            // Nor for a path that takes none: the answer comes first.
            try await RawConnection.with(stack) { connection in
                try await connection.send(
                    head.replacing("/runCommand", with: "/other") + "Authorization: Bearer \(token)\r\n\r\n")
                let refused = try await connection.answer()
                try stack.expectRefused(refused, 403, "OperationNotMediated", "no route")
            }
        }
    }
}
