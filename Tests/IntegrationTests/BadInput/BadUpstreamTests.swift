import ARMSimulator
import GatewayTestSupport
import StrictJSON
import Testing

/// What ARM can do wrong before it has a command: at a read, at the lookup before an update, at a poll, at connecting.
@Suite struct BadUpstreamTests {
    @Test func anUpstreamThatIsDownOrHasTheWrongCertificateGetsNothing() async throws {
        let stranger = try TestAuthority()
        var wrong = LocalStack.Options()
        wrong.upstreamTrustRoots = "stranger.pem"
        var down = LocalStack.Options()
        down.upstreamPort = 1
        for (options, why) in [(wrong, "certificateInvalid"), (down, "connectRefused")] {
            try await LocalStack.Surroundings.with(options) { surroundings in
                try surroundings.directory.write(try stranger.certificatePEM, as: "stranger.pem")
                try await surroundings.withGateway(options) { stack in
                    let token = try stack.token()
                    for (method, target, body) in [
                        ("POST", LocalStack.vm("web-01"), LocalStack.helloBody()),
                        ("GET", LocalStack.instance("report"), nil),
                        (
                            "PATCH", LocalStack.instance("report"),
                            #"{"properties":{"parameters":[{"name":"word","value":"x"}]}}"# as String?
                        ),
                    ] {
                        let answer = try await stack.call(method, target, body: body, token: token)
                        LocalStack.expectEnvelope(answer, 503, "UpstreamUnavailable", "\(method), \(why)")
                        #expect(answer.text.contains(why), "\(answer.text)")
                        let rows = try stack.rows(of: answer)
                        #expect(rows.map(\.event) == [method == "PATCH" ? "lookup" : "decision", "response"])
                        #expect(rows.last?.row["upstream"]?["code"]?.string == why)
                    }
                    #expect(await stack.received() == 0)
                }
            }
        }
    }

    @Test func aReadMayBeAskedAgain() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            let command = "/virtualMachineScaleSets/web/virtualMachines/0/runCommands/report?api-version=2023-09-01"
            let path =
                "/subscriptions/\(LocalStack.subscription)/resourceGroups/rg-web/providers/Microsoft.Compute" + command
            let put = try await stack.atSimulator(
                "PUT", path, body: #"{"location":"eastus","properties":{"source":{"script":"true"}}}"#)
            #expect(put.status == 201, "\(put.text)")
            let good = try await stack.call("GET", LocalStack.instance("report"), token: token)
            #expect(good.status == 200, "\(good.text)")
            let cases: [(SimulatorFault.Kind, Int, String)] = [
                (.cut, 503, "UpstreamUnavailable"), (.cutAfterBytes(5), 503, "UpstreamUnavailable"),
                (.garbage, 502, "UpstreamAnswerInvalid"),
                (.oversize(9_000_000), 502, "UpstreamAnswerInvalid"), (.redirect, 502, "UpstreamAnswerInvalid"),
            ]
            for (kind, status, code) in cases {
                let before = await stack.received("report?")
                stack.simulator.add(SimulatorFault(kind, method: "GET", pathContains: "report?"))
                let answer = try await stack.call("GET", LocalStack.instance("report"), token: token)
                LocalStack.expectEnvelope(answer, status, code, "\(kind)")
                #expect(try stack.rows(of: answer).map(\.event) == ["decision", "response"], "\(kind)")
                #expect(await stack.received("report?") == before + 1, "\(kind)")
            }
            for status in [403, 404, 429, 500, 503, 504] {
                stack.simulator.add(
                    SimulatorFault(.status(status), method: "GET", pathContains: "report?", retryAfter: 3))
                let answer = try await stack.call("GET", LocalStack.instance("report"), token: token)
                #expect(answer.status == status)
                #expect(answer.json?["error"]?["message"]?.string?.isEmpty == false)
                if status == 429 { #expect(answer.header("retry-after") == "3") }
                if status < 429 { #expect(answer.header("retry-after") == nil) }
            }
        }
    }

    @Test func aLookupThatFailsStopsTheUpdate() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            _ = try await stack.call("GET", LocalStack.instance("nothing"), token: token)
            let kinds: [SimulatorFault.Kind] = [
                .cut, .garbage, .redirect, .oversize(9_000_000), .status(403), .status(429), .status(500),
                .status(503),
            ]
            for kind in kinds {
                stack.simulator.add(SimulatorFault(kind, method: "GET", pathContains: "report?", retryAfter: 9))
                let answer = try await stack.call(
                    "PATCH", LocalStack.instance("report"),
                    body: #"{"properties":{"parameters":[{"name":"word","value":"x"}]}}"#, token: token)
                LocalStack.expectEnvelope(answer, 503, "UpstreamUnavailable", "\(kind)")
                #expect(try stack.rows(of: answer).map(\.event) == ["lookup", "response"], "\(kind)")
            }
            #expect(await stack.received(method: "PATCH") == 0)
            #expect(await stack.received("report?") == kinds.count)
        }
    }

    @Test func readsAndLookupsThatHangEndInTime() async throws {
        var options = LocalStack.Options()
        options.deadlineSeconds = 2
        try await LocalStack.withRunning(options) { stack in
            let token = try stack.token()
            let isWarm = try await LocalStack.eventually {
                try await stack.call("GET", LocalStack.instance("first"), token: token).status == 404
            }
            #expect(isWarm)
            stack.simulator.add(SimulatorFault(.hang, method: "GET", pathContains: "report?", times: 2))
            async let read = stack.call("GET", LocalStack.instance("report"), token: token)
            async let update = stack.call(
                "PATCH", LocalStack.instance("report"), body: #"{"tags":{"a":"b"}}"#, token: token)
            LocalStack.expectEnvelope(try await read, 503, "UpstreamUnavailable", "read")
            LocalStack.expectEnvelope(try await update, 503, "UpstreamUnavailable", "update")
            #expect(try stack.rows(of: try await read).map(\.event) == ["decision", "response"])
            #expect(try stack.rows(of: try await update).map(\.event) == ["lookup", "response"])
            #expect(await stack.received(method: "PATCH") == 0)
        }
    }

    @Test func pollsSurviveATroubledUpstream() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            let begun = try await stack.call(
                "POST", LocalStack.vm("web-01"), body: LocalStack.helloBody(), token: token)
            let (status, result) = (begun.header("azure-asyncoperation"), begun.header("location"))
            let cases: [(SimulatorFault.Kind, Int, String)] = [
                (.cut, 503, "UpstreamUnavailable"), (.garbage, 502, "UpstreamAnswerInvalid"),
                (.redirect, 502, "UpstreamAnswerInvalid"), (.oversize(9_000_000), 502, "UpstreamAnswerInvalid"),
            ]
            for (kind, expected, code) in cases {
                for link in [status, result] {
                    stack.simulator.add(SimulatorFault(kind, method: "GET", pathContains: "/operations/"))
                    let answer = try await stack.call("GET", try stack.path(link), token: token)
                    LocalStack.expectEnvelope(answer, expected, code, "\(kind)")
                }
            }
            #expect(try await stack.follow(result, token: token).status == 200)
            #expect(try stack.rows(of: begun).map(\.event) == ["decision", "response", "outcome"])
        }
    }
}
