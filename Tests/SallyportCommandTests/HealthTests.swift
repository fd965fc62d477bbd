import Foundation
import NIOCore
import Testing

@testable import SallyportCommand

// One after the other: a port that was closed must not be taken by the next server.
@Suite(.serialized) struct HealthTests {
    struct Answer: Sendable {
        var status: String
        var body: String
        var exit: Int32
        var output: String
        var isExplained = false
    }

    @Test(arguments: [
        Answer(status: "200 OK", body: #"{"missing":[],"ready":true}"#, exit: 0, output: "ready\n"),
        Answer(
            status: "503 Service Unavailable", body: #"{"missing":["audit","key\u001bset"],"ready":false}"#, exit: 1,
            output: "missing: audit\nmissing: key\\u{1B}set\n"),
        Answer(status: "200 OK", body: "hello", exit: 1, output: "", isExplained: true),
        Answer(status: "302 Found\r\nLocation: /healthz", body: "", exit: 1, output: "", isExplained: true),
        Answer(status: "200 OK", body: #"{"missing":["audit"]}"#, exit: 1, output: "missing: audit\n"),
    ])
    func answers(_ answer: Answer) async throws {
        let server = try OneAnswerServer(status: answer.status, body: answer.body)
        let fixture = try ConfigurationFixture(managementPort: server.port)
        let run = await sallyport("health", "--config", fixture.path)
        #expect(run.status.rawValue == answer.exit, "\(run.errors)")
        #expect(run.output == answer.output)
        #expect(run.errors.isEmpty != answer.isExplained)
        #expect(server.request.hasPrefix("GET /readyz HTTP/1.1\r\n"))
    }

    @Test func patienceEnds() async throws {
        let server = try OneAnswerServer(status: nil)
        defer { server.close() }
        let output = CommandOutput(isTerminal: false, columns: nil) { _ in }
        var question = ReadinessQuestion(host: "127.0.0.1", port: server.port)
        #expect(question.limit == .seconds(3))
        question.limit = .milliseconds(50)
        let failure = await #expect(throws: CommandFailure.self) {
            try await question.ask(
                in: CommandContext(output: output, errors: output, environment: [:], now: { 0 }))
        }
        #expect(failure?.message == "\(question.url) did not answer within 50 ms")
    }

    @Test(arguments: [
        ("0.0.0.0", "http://127.0.0.1:9090/readyz"), ("::", "http://[::1]:9090/readyz"),
        ("fd00::1", "http://[fd00::1]:9090/readyz"), ("gateway.internal", "http://gateway.internal:9090/readyz"),
    ])
    func whereToAsk(host: String, url: String) {
        #expect(ReadinessQuestion(host: host, port: 9090).url == url)
    }

    @Test func nobodyAnswers() async throws {
        let server = try OneAnswerServer(status: "200 OK", body: "")
        let port = server.port
        server.close()
        let fixture = try ConfigurationFixture(managementPort: port)
        let run = await sallyport("health", "--config", fixture.path)
        #expect(run.status == .failure)
        #expect(run.output == "")
        #expect(run.errorLines.count == 1 && run.errors.contains("http://127.0.0.1:\(port)/readyz"), "\(run.errors)")
    }
}
