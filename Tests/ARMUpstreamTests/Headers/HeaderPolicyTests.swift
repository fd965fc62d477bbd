import HTTPMessages
import Testing

@testable import ARMUpstream

@Suite("Headers towards ARM")
struct RequestHeaderPolicyTests {
    private static let guid = "0f8fad5b-d9cb-469f-a165-70867728950E"

    private func headers(_ caller: [(String, String)], hasBody: Bool = true) -> [String] {
        RequestHeaderPolicy.headers(correlationID: "c", hasBody: hasBody, version: "1.2.3") { name in
            caller.filter { $0.0 == name }.map(\.1)
        }.map { "\($0.0): \($0.1)" }
    }

    private let fixed = [
        "user-agent: sallyport/1.2.3", "accept: application/json", "x-ms-correlation-request-id: c",
        "content-type: application/json",
    ]

    @Test func namesItselfAndWhatItSends() {
        #expect(headers([]) == fixed)
        #expect(headers([], hasBody: false) == Array(fixed.dropLast()))
    }

    static let forwarded: [(String, String)] = [
        ("x-ms-client-request-id", guid), ("accept-language", "de-DE, en;q=0.5"), ("accept-language", "*"),
        ("if-match", "\"abc\""), ("if-none-match", "*"),
    ]

    @Test(arguments: forwarded)
    func forwards(_ name: String, _ value: String) {
        #expect(headers([(name, value)]) == fixed + ["\(name): \(value)"])
    }

    static let dropped: [(String, String)] = [
        ("x-ms-client-request-id", "not-a-guid"), ("x-ms-client-request-id", "{\(guid)}"),
        ("x-ms-client-request-id", guid + " "), ("x-ms-client-request-id", ""),
        ("accept-language", "de\r\nx: y"), ("accept-language", ""), ("accept-language", "<b>"),
        ("if-match", ""), ("if-match", "\u{e4}"),
        ("authorization", "Bearer x"), ("cookie", "a"), ("host", "x"), ("referer", "https://x"),
        ("x-ms-correlation-request-id", guid), ("x-ms-client-principal-name", "root"),
        ("x-ms-client-ip-address", "1.1.1.1"),
        ("x-ms-client-tenant-id", guid), ("x-ms-client-object-id", guid), ("x-ms-arm-resource-system-data", "{}"),
        ("x-ms-policy-external-evaluations", "x"), ("x-forwarded-for", "1.1.1.1"), ("forwarded", "for=x"),
        ("accept-encoding", "gzip"), ("content-length", "3"), ("transfer-encoding", "chunked"), ("connection", "close"),
        ("expect", "100-continue"), ("commandname", "vm run-command invoke"), ("x-sallyport-justification", "because"),
        ("x-http-method-override", "DELETE"), ("accept", "*/*"), ("user-agent", "az"),
    ]

    @Test(arguments: dropped)
    func drops(_ name: String, _ value: String) {
        #expect(headers([(name, value)]) == fixed)
    }

    @Test func dropsWhatComesTwice() {
        #expect(headers([("x-ms-client-request-id", Self.guid), ("x-ms-client-request-id", Self.guid)]) == fixed)
    }
}

@Suite("Headers towards the caller")
struct AnswerHeaderPolicyTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var value: String
        var status = 200
        var passthrough = false
        var relayed: String?
        var testDescription: String { "\(name): \(value.prefix(40)) on \(status)" }
    }

    static let cases: [Case] =
        [
            ("cache-control", "no-cache"), ("Pragma", "no-cache"), ("Expires", "-1"),
            ("Strict-Transport-Security", "max-age=31536000"), ("X-Content-Type-Options", "nosniff"),
            ("Date", "Sat, 21 Nov 2026 00:00:00 GMT"), ("ETag", "\"1\""),
            ("x-ms-routing-request-id", "WESTEUROPE:20261121T000000Z:0f8fad5b"), ("x-ms-failure-cause", "gateway"),
            ("x-ms-ratelimit-remaining-subscription-writes", "1199"),
            ("x-ms-ratelimit-remaining-subscription-global-writes", "2999"),
            ("x-ms-ratelimit-remaining-resource", "Microsoft.Compute/UpdateVM3Min;239"), ("x-ms-request-charge", "1"),
        ].map { Case(name: $0.0, value: $0.1, relayed: $0.1) }
        + [
            ("Location", "https://management.azure.com/x"), ("Azure-AsyncOperation", "https://management.azure.com/x"),
            ("x-ms-request-id", "op"), ("x-ms-correlation-request-id", "c"), ("Set-Cookie", "a=b"), ("Server", "x"),
            ("Via", "1.1 x"), ("Connection", "close"), ("Keep-Alive", "timeout=5"), ("Transfer-Encoding", "chunked"),
            ("Content-Length", "3"), ("Content-Encoding", "gzip"), ("Trailer", "x"), ("Upgrade", "h2c"), ("Vary", "x"),
            ("Access-Control-Allow-Origin", "*"), ("x-ms-error-code", "x"), ("x-sallyport-audit-index", "7"),
            ("WWW-Authenticate", "Bearer"), ("x-ms-ratelimit", "1"), ("Refresh", "0; url=https://x"), ("Link", "</x>"),
            ("Retry-After", "17"), ("retry-after-ms", "17"), ("x-ms-retry-after-ms", "17"),
            ("cache-control", "no\u{1}cache"), ("etag", String(repeating: "a", count: 1025)),
        ].map { Case(name: $0.0, value: $0.1, relayed: nil) }
        + [
            // The pipeline writes bodies anew, and their type with them.
            Case(name: "Content-Type", value: "application/json; charset=utf-8", relayed: nil),
            Case(name: "X-MS-Ratelimit-Remaining-", value: "1", relayed: "1"),
            Case(name: "x-ms-ratelimit-remaining", value: "1", relayed: nil),
            Case(
                name: "WWW-Authenticate", value: "Bearer claims=\"x\"", status: 401, passthrough: true,
                relayed: "Bearer claims=\"x\""),
            Case(name: "WWW-Authenticate", value: "Bearer claims=\"x\"", status: 401, relayed: nil),
            Case(name: "WWW-Authenticate", value: "Bearer", status: 200, passthrough: true, relayed: nil),
        ]

    @Test(arguments: cases)
    func table(_ test: Case) {
        let headers = AnswerFields(
            of: ReceivedFields([(test.name, test.value)]), status: test.status, passthrough: test.passthrough
        ).relayed
        #expect(headers.map { "\($0.0): \($0.1)" } == (test.relayed.map { ["\(test.name.lowercased()): \($0)"] } ?? []))
    }

    @Test func keepsOrderAndRepetition() {
        let headers = AnswerFields(
            of: ReceivedFields([
                ("x-ms-ratelimit-remaining-resource", "b"), ("pragma", "p"), ("X-MS-Ratelimit-Remaining-Resource", "a"),
            ]), status: 202
        ).relayed
        #expect(
            headers.map { "\($0.0)=\($0.1)" } == [
                "x-ms-ratelimit-remaining-resource=b", "pragma=p", "x-ms-ratelimit-remaining-resource=a",
            ])
    }

    @Test func keepsARMsOwnIDForTheRecordOnly() {
        for id in ["0d95e5cb-d70c-4979-8ef9-4f8dbd5e149f", "0D95E5CB-D70C-4979-8EF9-4F8DBD5E149F"] {
            #expect(requestID([("X-Ms-Request-Id", id)]) == id)
        }
        for value in [
            "", "abc", "a b", "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9", "{0d95e5cb-d70c-4979-8ef9-4f8dbd5e149f}",
            "0d95e5cb-d70c-4979-8ef9-4f8dbd5e149f ", "0d95e5cbd70c49798ef94f8dbd5e149f",
            "0d95e5cb-d70c-4979-8ef9-4f8dbd5e149g",
        ] {
            #expect(requestID([("x-ms-request-id", value)]) == nil, "\(value)")
        }
        let twice = ["0d95e5cb-d70c-4979-8ef9-4f8dbd5e149f", "86595bb2-5002-494e-8500-c0c6468b6e86"]
        #expect(requestID(twice.map { ("x-ms-request-id", $0) }) == nil)
        #expect(requestID([]) == nil)
    }

    private func requestID(_ headers: [(String, String)]) -> String? {
        AnswerFields(of: ReceivedFields(headers), status: 202).requestID
    }

    @Test func takesTheFirstOfEachLink() {
        let fields = AnswerFields(
            of: ReceivedFields([
                ("LOCATION", "a"), ("Azure-AsyncOperation", "b"), ("location", "c"), ("azure-asyncoperation", "d"),
            ]), status: 202)
        #expect(fields.location == "a")
        #expect(fields.asyncOperation == "b")
        #expect(fields.relayed.isEmpty)
    }

    @Test func relaysSoManyFieldsAndNoMore() {
        let many = (0..<100).map { ("x-ms-ratelimit-remaining-\($0)", "1") }
        let fields = AnswerFields(of: ReceivedFields(many + [("location", "a")]), status: 202)
        #expect(fields.relayed.count == 64)
        #expect(fields.location == "a")
    }
}
