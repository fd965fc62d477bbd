import StrictJSON
import Testing

/// Bodies that are not exactly what the operation defines: refused with the documented code, on record without a byte
/// of the body, and never forwarded.
@Suite struct BadBodyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var body: [UInt8]
        var code = "InvalidRequestContent"
        var status = 400
        /// What the record says about an unreadable body.
        var reason: String?
        var headers: [(String, String)] = []

        init(
            _ name: String, _ body: String, _ code: String = "InvalidRequestContent", _ status: Int = 400,
            reason: String? = nil, headers: [(String, String)] = []
        ) {
            self.name = name
            self.body = Array(body.utf8)
            self.code = code
            self.status = status
            self.reason = reason
            self.headers = headers
        }

        init(_ name: String, bytes: [UInt8], reason: String) {
            self.name = name
            self.body = bytes
            self.reason = reason
        }

        var testDescription: String { self.name }
    }

    private static let good = LocalStack.helloBody()
    private static let id = #""commandId":"RunShellScript""#

    static let actions: [Case] = [
        Case("not JSON", "commandId=RunShellScript&script=id", reason: "syntax"),
        Case("nothing", "", reason: "empty"),
        Case("cut short", String(good.dropLast(3)), reason: "syntax"),
        Case("single quotes", "{'commandId':'RunShellScript'}", reason: "syntax"),
        Case("a comment", "{/* hidden */\(id)}", reason: "syntax"),
        Case("a comma too many", "{\(id),}", reason: "syntax"),
        Case("repeated member", "{\(id),\(id)}", reason: "repeatedName"),
        Case("case-variant member", #"{\#(id),"CommandID":"ifconfig"}"#, reason: "repeatedName"),
        Case("repeated by escape", #"{\#(id),"\u0063ommandId":"ifconfig"}"#, reason: "repeatedName"),
        Case("byte-order mark", "\u{FEFF}" + good, reason: "byteOrderMark"),
        Case("trailing bytes", good + "{}", reason: "trailingBytes"),
        Case("trailing NUL", good + "\0", reason: "trailingBytes"),
        Case(
            "200 levels",
            "{\(id),\"script\":" + String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
                + "}", reason: "tooDeep"),
        Case(
            "not UTF-8", bytes: Array(#"{"commandId":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8), reason: "notUTF8"),
        Case("UTF-16", bytes: good.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }, reason: "syntax"),
        Case("half a surrogate pair", #"{"commandId":"\ud800"}"#, reason: "loneSurrogate"),
        Case("control character", "{\"commandId\":\"a\u{1}\"}", reason: "controlCharacter"),
        Case("an array", "[\(good)]"), Case("a string", "\"RunShellScript\""), Case("null", "null"),
        Case("unknown member", #"{\#(id),"scripts":["id"]}"#),
        Case("misspelt member", #"{\#(id),"Script":["id"]}"#),
        Case("member of another version", #"{\#(id),"runAsUser":"root"}"#),
        Case("script as a string", #"{\#(id),"script":"id"}"#),
        Case("script of numbers", #"{\#(id),"script":[1]}"#),
        Case("commandId as a number", #"{"commandId":1}"#),
        Case("parameters as an object", #"{\#(id),"parameters":{"name":"word","value":"x"}}"#),
        Case("a parameter's value as a number", #"{\#(id),"parameters":[{"name":"word","value":1}]}"#),
        Case("unknown member of a parameter", #"{\#(id),"parameters":[{"name":"word","value":"x","secret":"y"}]}"#),
        Case("script null", #"{\#(id),"script":null}"#), Case("parameters null", #"{\#(id),"parameters":null}"#),
        Case("a null line", #"{\#(id),"script":[null]}"#), Case("commandId null", #"{"commandId":null}"#),
        Case(
            "parameter that steers the shell", #"{\#(id),"script":["id"],"parameters":[{"name":"PATH","value":"/x"}]}"#,
            "InvalidParameter"),
        Case(
            "parameter twice",
            #"{\#(id),"script":["id"],"parameters":[{"name":"a","value":"1"},{"name":"A","value":"2"}]}"#,
            "InvalidParameter"),
        Case(
            "built-in with a script of its own", #"{"commandId":"ifconfig","script":["id"]}"#,
            "RequestDisallowedByPolicy", 403),
        Case(
            "built-in with an empty script", #"{"commandId":"ifconfig","script":[]}"#, "RequestDisallowedByPolicy", 403),
        Case("text/plain", good, "UnsupportedMediaType", 415, headers: [("content-type", "text/plain")]),
        Case(
            "another charset", good, "UnsupportedMediaType", 415,
            headers: [("content-type", "application/json; charset=utf-16")]),
        Case(
            "two content types", good, "UnsupportedMediaType", 415,
            headers: [("content-type", "application/json"), ("content-type", "application/json")]),
        Case("gzip", good, "UnsupportedMediaType", 415, headers: [("content-encoding", "gzip")]),
        Case("identity coding", good, "UnsupportedMediaType", 415, headers: [("content-encoding", "identity")]),
    ]

    private static let script = #""source":{"script":"echo x"}"#

    static let updates: [Case] = [
        Case(
            "both sources", #"{"properties":{"source":{"script":"id","commandId":"ifconfig"}}}"#,
            "InvalidParameterConflictingProperties"),
        Case(
            "script and address", #"{"properties":{"source":{"script":"id","scriptUri":"https://a.example/x?sig=s"}}}"#,
            "InvalidParameterConflictingProperties"),
        Case("script as a list", #"{"properties":{"source":{"script":["id"]}}}"#),
        Case("properties null", #"{"properties":null}"#),
        Case("password null", #"{"properties":{\#(script),"runAsPassword":null}}"#),
        Case("misspelt password", #"{"properties":{\#(script),"runAsPasword":"x"}}"#),
        Case("case-variant password", #"{"properties":{\#(script),"runaspassword":"x"}}"#),
        Case("action's member", #"{"commandId":"RunShellScript"}"#),
        Case("location in an update", #"{"location":"westus"}"#),
        Case("time-out as text", #"{"properties":{\#(script),"timeoutInSeconds":"60"}}"#),
        Case("time-out as a fraction", #"{"properties":{\#(script),"timeoutInSeconds":60.5}}"#),
        Case("flag as text", #"{"properties":{\#(script),"asyncExecution":"true"}}"#),
        Case("read-only member of a wrong type", #"{"properties":{\#(script),"provisioningState":1}}"#),
        Case("address that is none", #"{"properties":{\#(script),"outputBlobUri":"logs/x"}}"#, "InvalidParameter"),
        Case(
            "account with a shell in it", #"{"properties":{\#(script),"runAsUser":"root; id"}}"#, "InvalidParameter"),
        Case(
            "password with a shell in it",
            #"{"properties":{\#(script),"runAsUser":"svc","runAsPassword":"a$(id)"}}"#, "InvalidParameter"),
        Case(
            "protected parameter named like a plain one",
            #"{"properties":{\#(script),"parameters":[{"name":"a","value":"1"}],"protectedParameters":[{"name":"a","value":"2"}]}}"#,
            "InvalidParameter"),
    ]

    @Test func everyBadBodyIsRefusedOnRecordAndStaysHere() async throws {
        try await LocalStack.withRunning { stack in
            let token = try stack.token()
            for bad in Self.actions {
                let answer = try await stack.call(
                    "POST", LocalStack.vm("web-01"), bytes: bad.body, token: token, headers: bad.headers)
                try Self.check(bad, answer, stack)
            }
            for bad in Self.updates {
                let answer = try await stack.call(
                    "PATCH", LocalStack.instance("report"), bytes: bad.body, token: token, headers: bad.headers)
                try Self.check(bad, answer, stack)
            }
            #expect(await stack.received() == 0)
        }
    }

    private static func check(_ bad: Case, _ answer: LocalStack.Answer, _ stack: LocalStack) throws {
        try stack.expectRefused(answer, bad.status, bad.code, "\(bad.name)")
        let content = try stack.rows(of: answer).first?.row["content"]
        if let reason = bad.reason {
            #expect(content?["reason"]?.string == reason, "\(bad.name)")
            #expect(content?["length"]?.integer == Int64(bad.body.count), "\(bad.name)")
        }
        if bad.code == "InvalidRequestContent" { #expect(content != nil, "\(bad.name)") }
    }

    @Test func acceptedSpellingsOfTheContentType() async throws {
        try await LocalStack.withRunning { stack in
            let types = [
                "application/json", "Application/JSON; charset=UTF-8", "text/json",
                "application/json;charset=\"utf-8\"",
            ]
            for (number, type) in types.enumerated() {
                let answer = try await stack.call(
                    "POST", LocalStack.vm("web-\(number)"), body: Self.good, token: try stack.token(),
                    headers: [("content-type", type)])
                #expect(answer.status == 202, "\(type): \(answer.text)")
            }
        }
    }

    @Test func bodyOverTheLimitIsRefusedByLengthAndByCount() async throws {
        var options = LocalStack.Options()
        options.limits = "{bodyBytes: 16384}"
        try await LocalStack.withRunning(options) { stack in
            let token = try stack.token()
            let large = Array(LocalStack.helloBody(String(repeating: "x", count: 20_000)).utf8)
            for isChunked in [false, true] {
                let answer = try await stack.call(
                    "POST", LocalStack.vm("web-01"), bytes: large, token: token, isChunked: isChunked)
                try stack.expectRefused(answer, 413, "RequestEntityTooLarge", "chunked: \(isChunked)")
                #expect(answer.header("connection")?.lowercased() == "close")
            }
            let declared = try await RawConnection.with(stack) { connection in
                try await connection.request(
                    "POST", LocalStack.vm("web-01"), token: token, lines: ["Content-Length: 999999999999999"])
            }
            try stack.expectRefused(declared, 413, "RequestEntityTooLarge", "a length beyond every memory")
            #expect(await stack.received() == 0)

            let fits = Array(LocalStack.helloBody("x").utf8) + [UInt8](repeating: 0x20, count: 15_000)
            for (name, isChunked) in [("web-02", false), ("web-03", true)] {
                let answer = try await stack.call(
                    "POST", LocalStack.vm(name), bytes: fits, token: token, isChunked: isChunked)
                #expect(answer.status == 202, "\(answer.text)")
            }
        }
    }

    @Test func bodyThatDoesNotArriveInTime() async throws {
        var options = LocalStack.Options()
        options.limits = "{requestSeconds: 1}"
        try await LocalStack.withRunning(options) { stack in
            let token = try stack.token()
            let answer = try await RawConnection.with(stack) { connection in
                try await connection.send(
                    "POST \(LocalStack.vm("web-01")) HTTP/1.1\r\nHost: gateway.test\r\nAuthorization: Bearer \(token)\r\n"
                        + "Content-Length: 100\r\n\r\n{\"commandId\":")
                return try await connection.answer()
            }
            try stack.expectRefused(answer, 408, "RequestTimeout", "half a body")
            #expect(await stack.received() == 0)
        }
    }

    @Test func bodyWhereNoneBelongs() async throws {
        try await LocalStack.withRunning { stack in
            for isChunked in [false, true] {
                let answer = try await stack.call(
                    "GET", LocalStack.instance("report"), bytes: Array("{}".utf8), token: try stack.token(),
                    isChunked: isChunked)
                try stack.expectRefused(answer, 400, "InvalidRequestContent", "a GET with a body")
            }
            #expect(await stack.received() == 0)
        }
    }
}
