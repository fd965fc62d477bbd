import ARMSimulator
import StrictJSON
import Testing

/// Paths and queries, written to the wire byte for byte.
@Suite struct BadTargetTests {
    struct Case: Sendable {
        var name: String
        var target: String
        var code: String
        var status: Int
        var method: String

        init(
            _ name: String, _ target: String, _ code: String = "InvalidRequestTarget", _ status: Int = 400,
            method: String = "POST"
        ) {
            (self.name, self.target, self.code, self.status, self.method) = (name, target, code, status, method)
        }
    }

    private static let good = LocalStack.vm("web-01")
    private static let path = String(good.prefix { $0 != "?" })

    static let cases: [Case] = [
        Case("escaped slash in a name", good.replacing("rg-web", with: "rg%2Fweb")),
        Case("escaped slash, lower case", good.replacing("rg-web", with: "rg%2fweb")),
        Case("escaped backslash", good.replacing("rg-web", with: "rg%5Cweb")),
        Case("double escape", good.replacing("rg-web", with: "rg%252Fweb")),
        Case("needless escape", good.replacing("rg-web", with: "rg%2Dweb")),
        Case("percent without digits", good.replacing("rg-web", with: "rg%web")),
        Case("escaped NUL", good.replacing("rg-web", with: "rg%00web")),
        Case("dot segment", good.replacing("/providers/", with: "/./providers/")),
        Case("two-dot segment", good.replacing("/providers/", with: "/x/../providers/")),
        Case("two-dot segment at the start", "/.." + good),
        Case("escaped dots", good.replacing("/providers/", with: "/x/%2e%2e/providers/")),
        Case("two slashes", good.replacing("/providers/", with: "//providers/")),
        Case("two slashes at the start", "/" + good),
        Case("path parameter", good.replacing("/virtualMachines", with: ";x=1/virtualMachines")),
        Case("path parameter in a name", good.replacing("web-01", with: "web-01;a=b")),
        Case("escaped space in a name", good.replacing("rg-web", with: "rg%20web")),
        Case("letter outside ASCII", good.replacing("rg-web", with: "rg-w%C3%A9b")),
        Case("slash at the end of an action", path + "/?api-version=2025-04-01"),
        Case("subscription that is no GUID", good.replacing(LocalStack.subscription, with: "mine")),
        Case("fragment", good + "#x"),
        Case("absolute target of another host", "https://management.azure.com" + good),
        Case("absolute target without TLS", "http://gateway.test" + good),
        Case("public address as a prefix of another", "https://gateway.test.example" + good),
        Case("star", "*"),
        Case("two api-versions", good + "&api-version=2025-04-01"),
        Case("two api-versions, one in another case", good + "&API-Version=2024-07-01"),
        Case("unknown query", good + "&sig=abc"),
        Case("query of another operation", good + "&$expand=instanceView"),
        Case("query without a value", good + "&x"),
        Case("empty query item", good + "&"),
        Case("missing api-version", path, "MissingApiVersionParameter"),
        Case("empty api-version", path + "?api-version=", "MissingApiVersionParameter"),
        Case("unknown api-version", path + "?api-version=2025-13-01", "InvalidApiVersionParameter"),
        Case("preview", path + "?api-version=2025-04-01-preview", "InvalidApiVersionParameter"),
        Case("api-version of another year", path + "?api-version=2016-03-30", "InvalidApiVersionParameter"),
        Case(
            "api-version before managed commands", LocalStack.instance("report", version: "2019-12-01"),
            "InvalidApiVersionParameter", method: "PATCH"),
        Case(
            "other value of $expand", LocalStack.instance("report", query: "&$expand=all"), method: "GET"),
        Case(
            "instance that is no number", LocalStack.instance("report").replacing("/0/", with: "/x/"), method: "PATCH"),
        Case("GET of an action", good, "MethodNotAllowed", 405, method: "GET"),
        Case("a method of nobody", good, "MethodNotAllowed", 405, method: "PURGE"),
        Case("POST of a command", LocalStack.instance("report"), "MethodNotAllowed", 405),
        Case("batch", "/batch?api-version=2020-06-01", "OperationNotMediated", 403),
        Case("the root", "/", method: "GET"),
        Case(
            "a virtual machine", path.replacing("/runCommand", with: "") + "?api-version=2025-04-01",
            "OperationNotMediated", 403, method: "GET"),
        Case(
            "extensions", path.replacing("runCommand", with: "extensions/x") + "?api-version=2025-04-01",
            "OperationNotMediated", 403, method: "PUT"),
    ]

    @Test func everyBadTargetIsRefusedOnRecordAndStaysHere() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            try await RawConnection.with(stack) { connection in
                for bad in Self.cases {
                    let hasBody = bad.method == "POST" || bad.method == "PATCH" || bad.method == "PUT"
                    let answer = try await connection.request(
                        bad.method, bad.target, token: token, body: hasBody ? LocalStack.helloBody() : nil)
                    try stack.expectRefused(answer, bad.status, bad.code, "\(bad.name)")
                    if bad.status == 405 {
                        #expect(answer.header("allow")?.isEmpty == false, "\(bad.name)")
                    } else {
                        #expect(answer.header("allow") == nil, "\(bad.name)")
                    }
                }
            }
            #expect(await stack.received() == 0)
        }
    }

    /// What looks odd and is right: forwarded, with the path that the gateway itself would write.
    @Test func oddButRightTargetsGoThrough() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            let targets = [
                LocalStack.vm("web-a", group: "rg-%28a%29"), LocalStack.vm("web-b", group: "rg-(a)"),
                LocalStack.vm("WEB-C").uppercased(), LocalStack.vm("web-d").lowercased(),
                "https://gateway.test" + LocalStack.vm("web-e"), "HTTPS://Gateway.Test" + LocalStack.vm("web-f"),
            ]
            try await RawConnection.with(stack) { connection in
                for target in targets {
                    let answer = try await connection.request(
                        "POST", target, token: token, body: LocalStack.helloBody())
                    #expect(answer.status == 202, "\(target): \(answer.text)")
                    LocalStack.expectIdentifiers(answer, "\(target)")
                }
            }
            let received = await stack.simulator.receivedRequests
            #expect(received.count == targets.count)
            for request in received {
                #expect(request.target.contains("/providers/Microsoft.Compute/virtualMachines/"))
                #expect(request.target.hasSuffix("/runCommand?api-version=2025-04-01"))
            }
            #expect(received.prefix(2).allSatisfy { $0.target.contains("/rg-%28a%29/") })
        }
    }

    /// What the listener refuses before it knows of anybody.
    @Test func brokenHTTPIsRefusedWithTheEnvelope() async throws {
        var options = LocalStack.Options()
        options.limits = "{headerBytes: 8192}"
        try await LocalStack.withRunning(options) { stack in
            let token = try stack.token()
            let body = LocalStack.helloBody()
            let head = "POST \(Self.good) HTTP/1.1\r\nHost: gateway.test\r\nAuthorization: Bearer \(token)\r\n"
            let cases: [(String, String, Int, String)] = [
                (
                    "both lengths",
                    head + "Content-Length: \(body.utf8.count)\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
                    "InvalidRequestTarget"
                ),
                (
                    "both lengths, the other way round",
                    head + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                    400, "InvalidRequestTarget"
                ),
                (
                    "two lengths", head + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef", 400,
                    "InvalidRequestTarget"
                ),
                ("a signed length", head + "Content-Length: +5\r\n\r\nabcde", 400, "InvalidRequestTarget"),
                (
                    "another coding", head + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400,
                    "InvalidRequestTarget"
                ),
                ("two hosts", head + "Host: other.test\r\nContent-Length: 0\r\n\r\n", 400, "InvalidRequestTarget"),
                ("no host", "GET / HTTP/1.1\r\nAuthorization: Bearer \(token)\r\n\r\n", 400, "InvalidRequestTarget"),
                ("HTTP/1.0", "GET / HTTP/1.0\r\nHost: gateway.test\r\n\r\n", 400, "InvalidRequestTarget"),
                ("no HTTP", "what is this\r\n\r\n", 400, "InvalidRequestTarget"),
                (
                    "headers over the limit",
                    head + "X-Long: \(String(repeating: "x", count: 9_000))\r\nContent-Length: 0\r\n\r\n", 431,
                    "RequestHeaderFieldsTooLarge"
                ),
            ]
            for (name, bytes, status, code) in cases {
                let answer = try await RawConnection.with(stack) { connection in
                    try await connection.send(bytes)
                    return try await connection.answer()
                }
                LocalStack.expectEnvelope(answer, status, code, "\(name)")
            }
            #expect(await stack.received() == 0)
            #expect(try stack.record().allSatisfy { $0.event != "decision" })
        }
    }
}
