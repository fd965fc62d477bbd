import StrictJSON
import Synchronization
import Testing

/// The answers of Azure's own examples, said by the upstream and relayed by the gateway: the same meaning, our links in
/// the place of ARM's, and no secret even where ARM shows one.
@Suite struct ExampleAnswerTests {
    /// What the upstream is to say next.
    private final class Script: Sendable {
        private let next = Mutex(AnsweringUpstream.Reply(status: 500))
        private let withLinks = Mutex(false)

        func say(_ reply: AnsweringUpstream.Reply, withLinks: Bool) {
            self.next.withLock { $0 = reply }
            self.withLinks.withLock { $0 = withLinks }
        }

        func answer(_ request: AnsweringUpstream.Request, to method: String) -> AnsweringUpstream.Reply {
            guard request.method == method else {
                // The read of what is stored, before an update.
                let isDiagnostic = request.target.contains("/diagnosticRunCommands")
                return .init(
                    status: 200, body: ExampleStack.resource(ExampleStack.stored(isDiagnostic: isDiagnostic)))
            }
            var reply = self.next.withLock { $0 }
            if self.withLinks.withLock({ $0 }) { reply.headers += ExampleStack.links(request) }
            return reply
        }
    }

    private static let planted = "sig=planted-secret-0123456789"
    private static let password = "Passw0rd-0123456789"

    @Test func everyExampleAnswer() async throws {
        let script = Script()
        let method = Mutex("GET")
        let said = try await ExampleStack.withRunning { request in
            script.answer(request, to: method.withLock { $0 })
        } _: { stack, _ in
            let token = try stack.token()
            var said = 0
            for example in try ExampleRequest.all() where !Self.hasBetterForm(example) {
                for answer in example.example.answers {
                    said += 1
                    let (body, changes) = Self.withSecrets(answer.body, of: example)
                    method.withLock { $0 = example.example.method }
                    script.say(
                        .init(status: answer.status, body: body.map { JSONDifference.text($0) } ?? ""),
                        withLinks: answer.status == 202)
                    // A group of its own, so that no two are the same request.
                    let target =
                        example.path(in: example.example.version)
                        .replacing("/resourceGroups/", with: "/resourceGroups/g\(said)-")
                        + "?api-version=" + example.example.version
                    let relayed = try await stack.call(
                        example.example.method, target, body: example.body.map { JSONDifference.text($0) },
                        token: token)
                    let what: Comment = "\(example), answer \(answer.status)"
                    #expect(relayed.status == answer.status, "\(what): \(relayed.text)")
                    Self.checkBody(relayed, answer.body, changes, what)
                    Self.checkLinks(relayed, isExpected: answer.status == 202, example.example.version, what)
                }
            }
            return said
        }
        #expect(said == 106)
        print("note: \(said) answers of examples relayed")
    }

    /// An example that nothing can allow as it is written has another form beside it.
    private static func hasBetterForm(_ request: ExampleRequest) -> Bool {
        guard request.isAsWritten else { return false }
        return PublishedSurface.verdict(request, in: request.example.version) != .accepted
    }

    /// A password, a protected value and signed addresses laid into each command of an answer.
    /// - Returns: what the upstream says, and what the relayed body shows beside the example's own.
    private static func withSecrets(
        _ body: JSONNode?, of request: ExampleRequest
    ) -> (JSONNode?, changes: Set<String>) {
        var changes: Set<String> = []
        func planted(_ node: JSONNode, at path: String) -> JSONNode {
            switch node.value {
            case .object(var members):
                for index in members.indices {
                    let name = members[index].name
                    if name.hasSuffix("Uri"), let text = members[index].value.string {
                        members[index].value = JSONNode(.string(text + "?" + self.planted))
                    } else {
                        members[index].value = planted(members[index].value, at: "\(path).\(name)")
                    }
                }
                if node["source"] != nil, node["provisioningState"] != nil {
                    members.append(JSONMember(name: "runAsPassword", value: JSONNode(.string(self.planted))))
                    func list(_ value: String) -> JSONNode {
                        JSONNode(
                            .array([
                                JSONNode(
                                    .object([
                                        JSONMember(name: "name", value: JSONNode(.string("token"))),
                                        JSONMember(name: "value", value: JSONNode(.string(value))),
                                    ]))
                            ]))
                    }
                    members.append(JSONMember(name: "protectedParameters", value: list(self.planted)))
                    changes.insert("\(path).runAsPassword: - → \"[redacted]\"")
                    changes.insert("\(path).protectedParameters: - → \(JSONDifference.text(list("[redacted]")))")
                    if request.body?["properties"]?["runAsPassword"] != nil {
                        let output = JSONMember(
                            name: "output", value: JSONNode(.string("the password is \(self.password), really")))
                        members.append(JSONMember(name: "instanceView", value: JSONNode(.object([output]))))
                    }
                }
                return JSONNode(.object(members))
            case .array(let elements):
                return JSONNode(
                    .array(elements.enumerated().map { planted($0.element, at: "\(path)[\($0.offset)]") }))
            default: return node
            }
        }
        return (body.map { planted($0, at: "$") }, changes)
    }

    private static func checkBody(
        _ relayed: LocalStack.Answer, _ body: JSONNode?, _ changes: Set<String>, _ what: Comment
    ) {
        #expect(!relayed.text.contains("planted"), what)
        #expect(!relayed.text.contains(self.password), what)
        guard let body else {
            #expect(relayed.body.isEmpty, "\(what): \(relayed.text)")
            return
        }
        let found = JSONDifference.between(body, relayed.json)
        let views = found.filter { $0.hasPrefix("$.properties.instanceView: ") }
        let wrong = found.subtracting(views).symmetricDifference(changes)
        #expect(wrong.isEmpty, "\(what): \(wrong)")
        for view in views {
            #expect(view.contains("the password is ") && view.contains(", really"), "\(what): \(view)")
        }
        #expect(relayed.header("content-type") == "application/json; charset=utf-8", what)
    }

    private static func checkLinks(
        _ relayed: LocalStack.Answer, isExpected: Bool, _ version: String, _ what: Comment
    ) {
        for (name, query) in [("location", "?monitor=true&api-version="), ("azure-asyncoperation", "?api-version=")] {
            guard isExpected else {
                #expect(relayed.header(name) == nil, what)
                continue
            }
            let id = relayed.header("x-ms-request-id") ?? ""
            let link = relayed.header(name) ?? ""
            #expect(link.hasPrefix("https://gateway.test/subscriptions/"), "\(what): \(link)")
            #expect(link.hasSuffix("/locations/westus/operations/\(id)\(query)\(version)"), "\(what): \(link)")
        }
        let everything = relayed.headers.map(\.1).joined(separator: "\n") + relayed.text
        #expect(!everything.contains(ExampleStack.operation), what)
    }

    /// The examples print links without a question mark, which the service never sends. Such a link is followed byte
    /// for byte if at all, and what it names stays inside.
    @Test func theSlipInTheExamplesLinksShowsNothingOfARMs() async throws {
        let examples = try ExampleRequest.all().filter { request in
            request.example.kind == .machineAction && !Self.hasBetterForm(request)
                && request.example.answers.contains { !$0.headers.isEmpty }
        }
        #expect(!examples.isEmpty)
        try await ExampleStack.withRunning { request in
            guard request.method == "POST" else {
                return .init(
                    status: 200,
                    body: #"{"startTime":"x","status":"InProgress","name":"\#(ExampleStack.operation)"}"#)
            }
            return .init(
                status: 202, headers: ExampleStack.links(request).map { ($0.0, $0.1.replacing("?", with: "&")) })
        } _: { stack, upstream in
            let token = try stack.token()
            for example in examples {
                let target = example.path(in: example.example.version) + "?api-version=" + example.example.version
                let answer = try await stack.call(
                    "POST", target, body: example.body.map { JSONDifference.text($0) }, token: token)
                #expect(!answer.headers.contains { $0.1.contains(ExampleStack.operation) }, "\(example)")
                guard answer.status == 202 else {
                    LocalStack.expectEnvelope(answer, 409, "UpstreamOutcomeUnknown", "\(example)")
                    continue
                }
                for name in ["azure-asyncoperation", "location"] {
                    let poll = try await stack.call("GET", try stack.path(answer.header(name)), token: token)
                    #expect(!poll.text.contains(ExampleStack.operation), "\(example): \(poll.status) \(poll.text)")
                    #expect(!poll.headers.contains { $0.1.contains(ExampleStack.operation) }, "\(example)")
                    let followed = upstream.requests.last?.target ?? ""
                    #expect(followed.contains("/operations/\(ExampleStack.operation)&"), "\(example): \(followed)")
                }
            }
        }
    }

    /// The examples list `$top` and `monitor` among the parameters of the action, which defines neither.
    @Test func queryNamesThatOnlyTheExamplesHaveAreRefused() async throws {
        let examples = try ExampleRequest.all().filter { $0.example.node["parameters"]?["$top"] != nil }
        #expect(!examples.isEmpty)
        try await ExampleStack.withRunning { _ in
            .init(status: 500)
        } _: { stack, upstream in
            for example in examples {
                for query in ["$top=1&", "monitor=true&", "$top=1&monitor=true&"] {
                    let answer = try await stack.call(
                        "POST", example.example.path + "?\(query)api-version=" + example.example.version,
                        body: example.body.map { JSONDifference.text($0) }, token: try stack.token())
                    try stack.expectRefused(answer, 400, "InvalidRequestTarget", "\(example), \(query)")
                }
            }
            #expect(upstream.requests.isEmpty)
        }
    }
}
