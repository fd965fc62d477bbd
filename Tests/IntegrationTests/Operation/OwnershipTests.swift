import ARMSimulator
import StrictJSON
import Testing

/// Polling links are the gateway's own, and work for the principal that got them and nobody else.
@Suite struct OwnershipTests {
    private static var options: LocalStack.Options {
        var options = LocalStack.Options()
        options.rules = options.rules.replacing(
            "principals: [user:\(LocalStack.operatorID)]",
            with:
                "principals: [user:\(LocalStack.operatorID), user:\(LocalStack.strangerID), certificate:spiffe://test/runner]"
        )
        return options
    }

    /// Nobody who did not get the link can tell it from one that never was.
    private static func expectNotFound(
        _ link: String?, _ stack: LocalStack, token: String, _ who: Comment
    ) async throws {
        let answer = try await stack.call("GET", try stack.path(link), token: token)
        LocalStack.expectEnvelope(answer, 404, "OperationNotFound", who)
        let rows = try stack.rows(of: answer)
        #expect(rows.map(\.event) == ["decision"], who)
        #expect(rows.first?.row["decision"]?["effect"]?.string == "deny", who)
        #expect(rows.first?.row["operation"]?.string == "poll", who)
        #expect(rows.first?.row["decision"]?["reasons"]?.array?.first?["code"]?.string == "OperationNotFound", who)
    }

    @Test func onlyTheOwnerPollsAlsoAfterARestart() async throws {
        try await LocalStack.Surroundings.with(Self.options) { surroundings in
            let links = try await surroundings.withGateway(Self.options) { stack in
                let token = try stack.token()
                let answer = try await stack.call(
                    "POST", LocalStack.vm("web-01"), body: LocalStack.helloBody("first"), token: token)
                #expect(answer.status == 202, "\(answer.text)")
                let links = [answer.header("azure-asyncoperation"), answer.header("location")].compactMap(\.self)
                #expect(links.count == 2)
                for link in links {
                    try await Self.expectNotFound(
                        link, stack, token: try stack.token(LocalStack.strangerID), "a stranger")
                    // The same object id as an application's, not a person's.
                    let application = try stack.token(claims: [
                        "scp": .null, "idtyp": "app", "sub": .string(LocalStack.operatorID),
                    ])
                    try await Self.expectNotFound(link, stack, token: application, "an application of this id")
                    try await Self.expectNotFound(
                        link.replacing("/locations/eastus/", with: "/locations/westus/"), stack, token: token,
                        "elsewhere")
                    try await Self.expectNotFound(
                        link.replacing(LocalStack.subscription, with: "00000000-0000-0000-0000-000000000009"), stack,
                        token: token, "another subscription")
                }
                let made =
                    "/subscriptions/\(LocalStack.subscription)/providers/Microsoft.Compute/locations/eastus"
                    + "/operations/12345678-1234-1234-1234-123456789012?api-version=2025-04-01"
                try await Self.expectNotFound("https://gateway.test" + made, stack, token: token, "a made-up id")
                #expect(await stack.received("/operations/") == 0)
                return links
            }
            try await surroundings.withGateway(Self.options) { stack in
                for link in links {
                    try await Self.expectNotFound(
                        link, stack, token: try stack.token(LocalStack.strangerID), "a stranger after the restart")
                }
                let token = try stack.token()
                let status = try await stack.follow(links[0], token: token)
                #expect(status.json?["status"]?.string == "Succeeded", "\(status.text)")
                let result = try await stack.follow(links[1], token: token)
                #expect(result.text.contains("hello first"))
                let id = try #require(status.json?["name"]?.string)
                let outcomes = try stack.record().filter {
                    $0.event == "outcome" && $0.row["requestID"]?.string == id
                }
                #expect(outcomes.count == 1)
                #expect(outcomes.first?.row["outcome"]?["status"]?.string == "succeeded")
            }
        }
    }

    /// ARM's operation id opens the output to any reader of the subscription, so it stays on record only.
    @Test func armsOwnLinksAndIdsStayInside() async throws {
        var options = Self.options
        options.simulator = { $0.managedLocationHeader = true }
        try await LocalStack.withRunning(options) { stack in
            let token = try stack.token()
            let command = LocalStack.instance("report")
            let script = LocalStack.quoted(LocalStack.helloScript)
            let put = try await stack.atSimulator(
                "PUT", command, body: #"{"location":"eastus","properties":{"source":{"script":\#(script)}}}"#)
            #expect(put.status == 201)
            var answers = [
                try await stack.call("POST", LocalStack.vm("web-01"), body: LocalStack.helloBody(), token: token),
                try await stack.call(
                    "PATCH", command, body: #"{"properties":{"parameters":[{"name":"word","value":"x"}]}}"#,
                    token: token),
            ]
            for begun in answers {
                for name in ["azure-asyncoperation", "location"] {
                    let link = try #require(begun.header(name))
                    #expect(link.utf8.count < 300)
                    #expect(link.hasPrefix("https://gateway.test/subscriptions/"))
                    answers.append(try await stack.call("GET", try stack.path(link), token: token))
                    answers.append(try await stack.follow(link, token: token))
                }
            }
            answers.append(try await stack.call("GET", command + "&$expand=instanceView", token: token))
            let theirs = try stack.record().compactMap { $0.row["upstream"]?["operationID"]?.string }
            #expect(theirs.count == 2)
            for answer in answers {
                #expect((200..<300).contains(answer.status), "\(answer.text)")
                for text in [answer.text] + answer.headers.map(\.1) {
                    for id in theirs { #expect(!text.lowercased().contains(id.lowercased())) }
                    #expect(!text.contains("localhost:\(stack.simulatorPorts.https)"))
                }
            }
        }
    }
}
