import Foundation
import Testing

/// However ARM asks to wait, its callers get whole seconds.
@Suite struct RetryAfterTests {
    private static func date(_ format: String, in seconds: TimeInterval) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = format
        return formatter.string(from: Date() + seconds)
    }

    /// In the target stands which form to answer with.
    private static let script: @Sendable (AnsweringUpstream.Request) -> AnsweringUpstream.Reply = { request in
        let throttled = #"{"error":{"code":"TooManyRequests","message":"Later."}}"#
        let headers: [(String, String)]
        if request.target.contains("fixdate") {
            headers = [("Retry-After", Self.date("EEE, dd MMM yyyy HH:mm:ss 'GMT'", in: 90))]
        } else if request.target.contains("rfc850") {
            headers = [("Retry-After", Self.date("EEEE, dd-MMM-yy HH:mm:ss 'GMT'", in: 90))]
        } else if request.target.contains("asctime") {
            headers = [("Retry-After", Self.date("EEE MMM dd HH:mm:ss yyyy", in: 90))]
        } else if request.target.contains("plain") {
            headers = [("Retry-After", "90")]
        } else if request.target.contains("own") {
            headers = [("x-ms-retry-after-ms", "89001")]
        } else {
            headers = [("retry-after-ms", "89999")]
        }
        if request.target.contains("polled"), request.method == "PUT" {
            return .init(
                status: 201, headers: ExampleStack.links(request) + headers,
                body: PreconditionTests.resource(request))
        }
        return .init(status: 429, headers: headers, body: throttled)
    }

    @Test func isWholeSecondsInEveryForm() async throws {
        try await ExampleStack.withRunning(script: Self.script) { stack, upstream in
            let token = try stack.token()
            for form in ["fixdate", "rfc850", "asctime", "plain", "own", "ms"] {
                let calls = [
                    ("POST", LocalStack.vm(form), #"{"commandId":"ipconfig"}"#, 429),
                    ("PUT", LocalStack.instance(form), PreconditionTests.put, 429),
                    ("PUT", LocalStack.instance(form + "-polled"), PreconditionTests.put, 201),
                    ("GET", LocalStack.instance(form), nil as String?, 429),
                    ("DELETE", LocalStack.instance(form), nil, 429),
                ]
                for (method, target, body, status) in calls {
                    let answer = try await stack.call(method, target, body: body, token: token)
                    #expect(answer.status == status, "\(method) \(form): \(answer.text)")
                    let values = answer.headers.filter { $0.0.lowercased().contains("retry-after") }
                    #expect(values.map { $0.0.lowercased() } == ["retry-after"], "\(method) \(form)")
                    let seconds = try #require(values.first.flatMap { Int($0.1) }, "\(method) \(form)")
                    #expect((75...90).contains(seconds), "\(method) \(form)")
                }
            }
            #expect(upstream.requests.count == 30)
        }
    }
}
