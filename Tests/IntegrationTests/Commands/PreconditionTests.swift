import StrictJSON
import Testing

/// `If-Match` and `If-None-Match`, as ARM gets them: what a caller made depend on a state must not be done without.
@Suite struct PreconditionTests {
    static let script: @Sendable (AnsweringUpstream.Request) -> AnsweringUpstream.Reply = { request in
        let resource = Self.resource(request)
        switch request.method {
        case "POST": return .init(status: 202, headers: ExampleStack.links(request))
        case "PUT":
            // There is one already.
            guard request.header("if-none-match") == nil else {
                return .init(status: 412, body: #"{"error":{"code":"PreconditionFailed","message":"There is one."}}"#)
            }
            return .init(status: 201, headers: ExampleStack.links(request), body: resource)
        case "DELETE": return .init(status: 202, headers: ExampleStack.links(request))
        case "GET" where request.target.contains("/operations/"):
            return .init(status: 200, body: resource.replacing(ExampleStack.operation, with: "report"))
        default: return .init(status: 200, body: resource)
        }
    }

    /// The command that the request names.
    static func resource(_ request: AnsweringUpstream.Request) -> String {
        let path = request.target.prefix { $0 != "?" }
        return ExampleStack.resource(ExampleStack.stored(isDiagnostic: false))
            .replacing("myRunCommand", with: path.split(separator: "/").last ?? "").replacing("/some/id", with: path)
    }

    static let put = #"{"location":"westus","properties":{"source":{"script":"Get-Date"},"timeoutInSeconds":60}}"#
    static let patch = #"{"properties":{"parameters":[{"name":"p1","value":"v1"}]}}"#

    private static func preconditions(_ request: AnsweringUpstream.Request) -> [String] {
        request.headers.filter { $0.0.lowercased().hasPrefix("if-") }.map { "\($0.0.lowercased()): \($0.1)" }
    }

    @Test func goWithChangesOfManagedCommands() async throws {
        let both = [("If-Match", "\"a\", W/\"b\""), ("If-None-Match", "\"c\"")]
        try await ExampleStack.withRunning(script: Self.script) { stack, upstream in
            let token = try stack.token()
            for (method, body) in [("PUT", Self.put), ("PATCH", Self.patch), ("DELETE", nil)] {
                for headers in [[], [both[0]], method == "PUT" ? [("if-match", "*")] : both] {
                    let seen = upstream.requests.count
                    let answer = try await stack.call(
                        method, LocalStack.instance("\(method)\(headers.count)\(seen)"), body: body, token: token,
                        headers: headers)
                    #expect((200...204).contains(answer.status), "\(method): \(answer.text)")
                    let sent = upstream.requests.dropFirst(seen)
                    #expect(sent.map(\.method) == (method == "PATCH" ? ["GET", method] : [method]))
                    let due = headers.map { "\($0.0.lowercased()): \($0.1)" }
                    #expect(sent.last.map(Self.preconditions) == due)
                    // The gateway's own look at what is stored depends on nothing.
                    #expect(sent.dropLast().allSatisfy { Self.preconditions($0).isEmpty })
                }
            }
        }
    }

    /// Create only: ARM's refusal is the answer, proves that nothing ran, and leaves the way open.
    @Test func aCommandThatIsThereIsNotOverwritten() async throws {
        try await ExampleStack.withRunning(script: Self.script) { stack, upstream in
            let token = try stack.token()
            let target = LocalStack.instance("report")
            for _ in 1...2 {
                let refused = try await stack.call(
                    "PUT", target, body: Self.put, token: token, headers: [("If-None-Match", "*")])
                #expect(refused.status == 412, "\(refused.text)")
                #expect(refused.code == "PreconditionFailed")
                #expect(refused.header("retry-after") == nil)
            }
            #expect(upstream.requests.count == 2)
            #expect(upstream.requests.allSatisfy { Self.preconditions($0) == ["if-none-match: *"] })
        }
    }

    @Test func areLeftOutOfReads() async throws {
        try await ExampleStack.withRunning(script: Self.script) { stack, upstream in
            let token = try stack.token()
            let begun = try await stack.call("PUT", LocalStack.instance("report"), body: Self.put, token: token)
            let targets = [LocalStack.instance("report"), try stack.path(begun.header("location"))]
            for target in targets {
                for headers in [[("If-None-Match", "\"c\"")], [("If-None-Match", "a"), ("If-None-Match", "b")]] {
                    let answer = try await stack.call("GET", target, token: token, headers: headers)
                    #expect(answer.status == 200, "\(answer.text)")
                }
            }
            #expect(upstream.requests.count >= 5)
            #expect(upstream.requests.allSatisfy { Self.preconditions($0).isEmpty })
        }
    }
}
