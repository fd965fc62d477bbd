import StrictJSON
import Testing

/// Preconditions that cannot go along as they were meant: nothing goes out without them.
@Suite struct PreconditionRefusalTests {
    private struct Case {
        var method: String
        var headers: [(String, String)]
        var member: String
    }

    private static let cases: [Case] = {
        let long = String(repeating: "a", count: 257)
        var cases = ["If-Match", "If-None-Match"].flatMap { name in
            ["PUT", "PATCH", "DELETE"].flatMap { method in
                [[(name, "\"a\""), (name, "\"b\"")], [(name, "")], [(name, long)], [(name, "\"\u{e4}\"")]].map {
                    Case(method: method, headers: $0, member: name)
                }
            } + [Case(method: "POST", headers: [(name, "*")], member: name)]
        }
        cases.append(
            Case(method: "PUT", headers: [("If-Match", "*"), ("If-None-Match", "")], member: "If-None-Match"))
        for (name, method) in [
            ("If-Unmodified-Since", "PUT"), ("If-Modified-Since", "DELETE"), ("If-Unmodified-Since", "POST"),
        ] {
            cases.append(
                Case(
                    method: method, headers: [(name, "Sat, 21 Nov 2026 08:00:00 GMT")], member: "If-Unmodified-Since"))
        }
        return cases
    }()

    @Test func nothingGoesOutWithoutThem() async throws {
        try await ExampleStack.withRunning(script: PreconditionTests.script) { stack, upstream in
            let token = try stack.token()
            for test in Self.cases {
                let target = test.method == "POST" ? LocalStack.vm("web-01") : LocalStack.instance("report")
                let body: String? =
                    switch test.method {
                    case "POST": #"{"commandId":"ipconfig"}"#
                    case "PUT": PreconditionTests.put
                    case "PATCH": PreconditionTests.patch
                    default: nil
                    }
                let answer = try await stack.call(
                    test.method, target, body: body, token: token, headers: test.headers)
                try stack.expectRefused(answer, 400, "InvalidRequestTarget", "\(test.method) \(test.headers)")
                #expect(answer.json?["error"]?["target"]?.string == test.member)
                #expect(!answer.text.contains("aaaa"), "quotes the value")
            }
            #expect(upstream.requests.isEmpty)
        }
    }

    /// The same body under another condition is another request, though it has the same client request id.
    @Test func makeRequestsDifferent() async throws {
        try await ExampleStack.withRunning(script: PreconditionTests.script) { stack, upstream in
            let token = try stack.token()
            let id = ("x-ms-client-request-id", "0f8fad5b-d9cb-469f-a165-70867728950e")
            let conditions: [[(String, String)]] = [[], [("If-Match", "\"a\"")], [("If-Match", "\"b\"")]]
            var firsts: [String?] = []
            for headers in conditions {
                let answer = try await stack.call(
                    "PUT", LocalStack.instance("report"), body: PreconditionTests.put, token: token,
                    headers: headers + [id])
                #expect(answer.status == 201, "\(answer.text)")
                #expect(answer.header("x-sallyport-repeat-of") == nil)
                firsts.append(answer.header("x-ms-request-id"))
            }
            #expect(upstream.requests.count == 3)
            for (headers, first) in zip(conditions, firsts) {
                let again = try await stack.call(
                    "PUT", LocalStack.instance("report"), body: PreconditionTests.put, token: token,
                    headers: headers + [id])
                #expect(again.header("x-sallyport-repeat-of") == first)
            }
            #expect(upstream.requests.count == 3)
        }
    }
}
