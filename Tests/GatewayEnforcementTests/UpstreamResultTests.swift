import Redaction
import StrictJSON
import Testing

@testable import GatewayEnforcement

/// Every status that ARM may answer with, against every kind of request (CONTRACT §3, "At most once").
@Suite struct UpstreamResultTests {
    static let proofs: Set<Int> = [400, 403, 404, 405, 409, 412, 413, 415, 429]
    static let statuses = [
        200, 201, 202, 203, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408,
        409, 410, 411, 412, 413, 414, 415, 418, 421, 422, 423, 424, 425, 428, 429, 431, 451, 500, 501, 502, 503, 504,
        505, 507, 511, 599,
    ]
    static let update = #"{"properties":{"parameters":[{"name":"path","value":"/var"}]}}"#

    @Test(arguments: statuses, [true, false])
    func command(status: Int, isRun: Bool) async throws {
        let scene = try Scene()
        if !isRun { scene.upstream.add(ARM.stored()) }
        // An error body, which is no result of anything.
        scene.upstream.add(ARM.reply(status, ARM.error, retryAfter: "7", headers: [("date", "now")]))
        let answer = isRun ? await scene.run() : await scene.update(Self.update)
        let response = try scene.last("response")
        #expect(scene.events() == (isRun ? [] : ["lookup"]) + ["decision", "response"])
        #expect(response["upstream"]?["status"]?.integer == Int64(status))
        if Self.proofs.contains(status) {
            #expect(answer.status == status)
            #expect(answer.error == "SomeCode")
            #expect(answer.text == #"{"error":{"code":"SomeCode","message":"why","target":"t","details":[]}}"#)
            #expect(answer.header("date") == "now")
            #expect(answer.header("retry-after") == (status == 429 ? "7" : nil))
            #expect(response["upstream"]?["code"]?.string == "SomeCode")
            #expect(response["upstream"]?["result"]?.string == "answered")
        } else if status == 401 {
            #expect(answer.status == 503)
            #expect(answer.error == "UpstreamUnavailable")
            #expect(answer.header("retry-after") == "5")
        } else {
            #expect(answer.status == 409)
            #expect(answer.error == "UpstreamOutcomeUnknown")
            #expect(answer.header("retry-after") == nil)
            #expect(answer.text.contains(try #require(answer.header("x-ms-request-id"))))
            #expect(response["upstream"]?["result"]?.string == "outcomeUnknown")
        }
        #expect(scene.upstream.sent.count == (isRun ? 1 : 2))
        #expect(scene.upstream.sent.allSatisfy { $0.permittedBy == ($0.method == "GET" ? "lookup" : "decision") })
    }

    @Test(arguments: statuses)
    func read(status: Int) async throws {
        let scene = try Scene(results: [ARM.reply(status, ARM.error, retryAfter: "7")])
        let answer = await scene.call("GET", Scene.command)
        #expect(scene.events() == ["decision", "response"])
        switch status {
        case 401:
            #expect(answer.status == 503)
            #expect(answer.error == "UpstreamUnavailable")
            #expect(answer.header("retry-after") == "5")
        case 400...:
            #expect(answer.status == status)
            #expect(answer.error == "SomeCode")
            #expect(answer.header("retry-after") == (status == 429 || status >= 500 ? "7" : nil))
        default:
            #expect(answer.status == 502)
            #expect(answer.error == "UpstreamAnswerInvalid")
            #expect(answer.header("retry-after") == nil)
        }
    }

    @Test(arguments: [true, false])
    func withoutAnAnswer(isRun: Bool) async throws {
        for (result, status, code, word) in [
            (UpstreamResult.notSent("connectRefused"), 503, "UpstreamUnavailable", "notSent"),
            (.outcomeUnknown("closed"), 409, "UpstreamOutcomeUnknown", "outcomeUnknown"),
            (.outcomeUnknown("timedOut"), 409, "UpstreamOutcomeUnknown", "outcomeUnknown"),
            (.outcomeUnknown("tooLarge"), 409, "UpstreamOutcomeUnknown", "outcomeUnknown"),
        ] {
            let scene = try Scene(results: isRun ? [result] : [ARM.stored(), result])
            let answer = isRun ? await scene.run() : await scene.update(Self.update)
            #expect(answer.status == status)
            #expect(answer.error == code)
            #expect(answer.header("retry-after") == (status == 503 ? "5" : nil))
            #expect(try scene.last("response")["upstream"]?["result"]?.string == word)
        }
    }

    @Test(arguments: [
        (UpstreamResult.notSent("connectRefused"), 503, "UpstreamUnavailable"),
        (.outcomeUnknown("closed"), 503, "UpstreamUnavailable"),
        (.outcomeUnknown("timedOut"), 503, "UpstreamUnavailable"),
        (.outcomeUnknown("malformedAnswer"), 502, "UpstreamAnswerInvalid"),
        (.outcomeUnknown("tooLarge"), 502, "UpstreamAnswerInvalid"),
        (.outcomeUnknown("encoded"), 502, "UpstreamAnswerInvalid"),
    ])
    func readWithoutAnAnswer(result: UpstreamResult, status: Int, code: String) async throws {
        let scene = try Scene(results: [result])
        let answer = await scene.call("GET", Scene.command)
        #expect(answer.status == status)
        #expect(answer.error == code)
        #expect(answer.header("retry-after") == (status == 503 ? "5" : nil))
    }

    static let foreign = [
        "https://evil.example/subscriptions/\(Scene.subscription)/providers/Microsoft.Compute/locations/westus/operations/\(ARM.operationID)",
        ARM.result.replacing("https://", with: "http://"), ARM.result.replacing("arm.example", with: "arm.example:444"),
        ARM.result.replacing("arm.example", with: "user@arm.example"),
        ARM.result.replacing("arm.example", with: "arm.example.evil.example"),
        ARM.result.replacing(Scene.subscription, with: "00000000-0000-0000-0000-00000000000b"),
        ARM.result.replacing("/operations/", with: "/runCommands/"), "/relative", "", ARM.result + "#x",
    ]

    @Test(arguments: foreign, [true, false])
    func foreignLinks(link: String, isRun: Bool) async throws {
        for reply in [
            ARM.reply(202, location: link, asyncOperation: ARM.status),
            ARM.reply(202, location: ARM.result, asyncOperation: link),
            ARM.reply(202, location: link), ARM.reply(202, asyncOperation: link),
        ] {
            let scene = try Scene(results: isRun ? [reply] : [ARM.stored(), reply])
            let answer = isRun ? await scene.run() : await scene.update(Self.update)
            #expect(answer.status == 409)
            #expect(answer.error == "UpstreamOutcomeUnknown")
            #expect(answer.header("location") == nil)
            #expect(answer.header("azure-asyncoperation") == nil)
            #expect(link.isEmpty || !answer.text.contains(link))
            // Kept only so that the same command is held back; there is nothing to follow.
            let kept = scene.log.operations.values
            #expect(kept.allSatisfy { $0.isUnknown && $0.statusLink == nil && $0.resultLink == nil })
        }
    }

    static let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)

    @Test(arguments: [
        "", "no", "{}", "[]", deep, #"{"value":1}"#, #"{"status":"Running"}"#, #"{"value":[],"value":[]}"#,
    ])
    func actionResultsThatAreNone(body: String) async throws {
        let scene = try Scene(results: [ARM.reply(200, body)])
        let answer = await scene.run()
        #expect(answer.status == 409)
        #expect(answer.error == "UpstreamOutcomeUnknown")
        #expect(scene.events() == ["decision", "response"])
    }

    @Test(arguments: ["", "no", "{}", #"{"properties":1}"#, deep])
    func updatesThatAreNone(body: String) async throws {
        for (status, link) in [(200, nil), (201, nil), (200, ARM.result)] as [(Int, String?)] {
            let scene = try Scene(results: [ARM.stored(), ARM.reply(status, body, location: link)])
            let answer = await scene.update(Self.update)
            #expect(answer.status == 409)
            #expect(answer.error == "UpstreamOutcomeUnknown")
        }
    }

    /// The result with the first answer, in the shape of each api-version.
    @Test(arguments: [
        (#"{"value":[{"code":"ComponentStatus/StdOut/succeeded","level":"Info","message":"out"}]}"#, "succeeded"),
        (#"{"value":[{"code":"x","level":"error","message":"out"}]}"#, "failed"), (#"{"value":[]}"#, "succeeded"),
        (#"{"status":"Succeeded","properties":{"output":[{"level":"Info","message":"o"}]},"name":"n"}"#, "succeeded"),
        (#"{"status":"Failed","error":{"code":"c"},"name":"n"}"#, "failed"), (#"{"status":"Canceled"}"#, "canceled"),
    ])
    func resultAtOnce(body: String, outcome: String) async throws {
        let scene = try Scene(results: [ARM.reply(200, body, retryAfter: "3")])
        let answer = await scene.run()
        #expect(answer.status == 200)
        #expect(answer.text == body)
        #expect(answer.header("retry-after") == nil)
        #expect(scene.events() == ["decision", "response", "outcome"])
        #expect(try scene.last("outcome")["outcome"]?["status"]?.string == outcome)
    }

    @Test(arguments: [
        (#"{"code":"OperationNotAllowed","message":"slow down"}"#, "OperationNotAllowed"),
        (#"{"error":{"code":"OperationNotAllowed","message":"slow down"}}"#, "OperationNotAllowed"),
        ("", "UpstreamError429"), ("<html>", "UpstreamError429"), (#"{"error":"slow"}"#, "UpstreamError429"),
        (#"{"value":["secret"]}"#, "UpstreamError429"), (deep, "UpstreamError429"),
    ])
    func throttled(body: String, code: String) async throws {
        for seconds in ["17", nil] {
            let scene = try Scene(results: [
                ARM.reply(429, body, retryAfter: seconds, headers: [("cache-control", "no-cache")])
            ])
            let answer = await scene.run()
            #expect(answer.status == 429)
            #expect(answer.error == code)
            #expect(answer.header("retry-after") == seconds)
            #expect(answer.header("cache-control") == "no-cache")
            #expect(answer.header("content-type") == "application/json; charset=utf-8")
        }
    }

    @Test func recordedCodeIsACode() async throws {
        let long = "a" + String(repeating: "\u{301}", count: 5_000)
        for code in [long, "two words", "x\\u000ay", ""] {
            let scene = try Scene(results: [ARM.reply(400, #"{"error":{"code":"\#(code)","message":"m"}}"#)])
            _ = await scene.run()
            #expect(try scene.last("response")["upstream"]?["code"]?.string == "(unreadable)")
        }
    }

    /// ARM's id opens the output to any reader of the subscription.
    @Test(arguments: [true, false])
    func idsOfARMStayInside(isRun: Bool) async throws {
        let body =
            #"{"name":"\#(ARM.operationID.lowercased())","id":"/x/operations/\#(ARM.operationID)","properties":{}}"#
        let scene = try Scene(results: isRun ? [] : [ARM.stored()])
        scene.upstream.add(
            ARM.reply(
                202, body, location: ARM.result, asyncOperation: ARM.status, retryAfter: "9",
                headers: [("etag", "\"\(ARM.operationID)\""), ("date", "now")]))
        let answer = isRun ? await scene.run() : await scene.update(Self.update)
        #expect(answer.status == 202)
        #expect(answer.header("retry-after") == "9")
        #expect(answer.header("etag") == nil)
        #expect(answer.header("date") == "now")
        Self.expectNoID(answer)
        scene.upstream.add(
            ARM.reply(
                202, body, location: ARM.result, asyncOperation: ARM.status, retryAfter: "3",
                headers: [("x-ms-routing-request-id", "WEST:\(ARM.operationID)")]),
            ARM.reply(200, #"{"status":"InProgress",\#(body.dropFirst())"#),
            ARM.reply(404, #"{"error":{"code":"NotFound","message":"\#(ARM.operationID)"}}"#))
        for (name, status) in [("location", 202), ("azure-asyncoperation", 200), ("location", 404)] {
            let poll = await scene.follow(answer.header(name))
            #expect(poll.status == status)
            Self.expectNoID(poll)
        }
    }

    private static func expectNoID(_ answer: GatewayAnswer) {
        let all = (answer.text + answer.headers.map { $0.0 + $0.1 }.joined()).lowercased()
        #expect(!all.contains(ARM.operationID.lowercased()), "\(all)")
        #expect(!all.contains("arm-request"))
        #expect(!all.contains("signed"))
    }

    @Test func passedTokenIsTheCallersAffair() async throws {
        let token = Secret("eyJ-the-callers-own-token")
        for (method, target, body) in [("POST", Scene.action, Scene.allowedBody), ("GET", Scene.command, nil)]
            as [(String, String, String?)]
        {
            let scene = try Scene(
                results: [
                    ARM.reply(
                        401, #"{"error":{"code":"InvalidToken","message":"bad eyJ-the-callers-own-token"}}"#,
                        headers: [("www-authenticate", "Bearer")])
                ], passesCallerToken: true)
            let answer = await scene.call(method, target, body: body, token: token)
            #expect(answer.status == 401)
            #expect(answer.error == "InvalidToken")
            #expect(answer.header("www-authenticate") == "Bearer")
            #expect(!answer.text.contains("eyJ"))
        }
    }
}
