import NIOCore
import Testing

@testable import GatewayListener

@Suite("The head of an HTTP/1.1 answer")
struct ResponseHeadTests {
    private func head(_ response: OutboundResponse, closes: Bool = false) -> String? {
        response.http1Bytes(omitsBody: true, closes: closes).map { String(buffer: $0) }
    }

    @Test("is what was given, and the framing")
    func bytes() {
        let answer = OutboundResponse(
            status: 202, headers: [("location", "https://a/b?c=d"), ("x-empty", ""), ("x-tab", "a\tb\u{e4}")],
            body: Array("body".utf8))
        let fields = "location: https://a/b?c=d\r\nx-empty: \r\nx-tab: a\tb\u{e4}\r\n"
        #expect(head(answer) == "HTTP/1.1 202 Accepted\r\n\(fields)content-length: 4\r\n\r\n")
        #expect(
            head(answer, closes: true)
                == "HTTP/1.1 202 Accepted\r\n\(fields)content-length: 4\r\nconnection: close\r\n\r\n")
    }

    @Test("is followed by the body", arguments: [0, 1, 100_000])
    func body(_ count: Int) {
        let answer = OutboundResponse(status: 200, body: [UInt8](repeating: 0x62, count: count))
        let text = answer.http1Bytes(omitsBody: false, closes: false).map { String(buffer: $0) }
        #expect(text == "HTTP/1.1 200 OK\r\ncontent-length: \(count)\r\n\r\n" + String(repeating: "b", count: count))
    }

    @Test("tells of a body only where there may be one", arguments: [(200, true), (204, false), (304, false)])
    func length(_ status: Int, _ isTold: Bool) throws {
        let told = try #require(head(OutboundResponse(status: status)))
        #expect(told.contains("content-length: 0\r\n") == isTold)
    }

    @Test("has a reason also where the status has no name of its own")
    func unknownStatus() { #expect(head(OutboundResponse(status: 299))?.hasPrefix("HTTP/1.1 299 \r\n") == true) }

    @Test(
        "is not made of a field that could not stand in it",
        arguments: [
            ("x", "a\r\nset-cookie: b"), ("x", "a\nb"), ("x", "a\rb"), ("x", "a\0"), ("x", "\u{1}"), ("x", "\u{7f}"),
            ("", "a"), ("x y", "a"), ("x:", "a"), ("x\r\n", "a"), ("\u{e4}", "a"), ("Content-Length", "1"),
            ("transfer-encoding", "chunked"), ("Connection", "keep-alive"),
        ])
    func refused(_ name: String, _ value: String) {
        #expect(head(OutboundResponse(status: 200, headers: [("x-good", "yes"), (name, value)])) == nil)
    }

    @Test("that cannot be made ends the connection without a byte, and the answer counts as undelivered")
    func undelivered() async throws {
        let notes = Notes()
        let told = Signal()
        let handler = ScriptedHandler { _ in
            OutboundResponse(status: 200, headers: [("x", "a\r\nb: c")]) {
                notes.add("\($0)")
                told.happen()
            }
        }
        try await RunningListener.with(handler: handler) { server in
            try await RawConnection.with(server) { connection in
                try await connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                await told.wait()
                #expect(await connection.rest() == "")
            }
        }
        #expect(notes.all == ["false"])
    }
}
