import NIOCore

@testable import GatewayListener

/// Answers as the test says; refusals are told as `{"refused":"NAME"}`.
struct ScriptedHandler: RequestHandling {
    var answer: @Sendable (InboundRequest) async -> OutboundResponse = { await echo($0) }

    func handle(_ request: InboundRequest) async -> OutboundResponse { await answer(request) }

    func refusal(_ reason: TransportRefusal) -> OutboundResponse { Self.envelope(reason) }

    static func envelope(_ reason: TransportRefusal) -> OutboundResponse {
        text("{\"refused\":\"\(reason)\"}", status: reason.status)
    }

    static func text(_ text: String, status: Int = 200) -> OutboundResponse {
        OutboundResponse(status: status, headers: [("x-test", "yes")], body: Array(text.utf8))
    }

    /// Tells what arrived, one fact a line.
    static func echo(_ request: InboundRequest) async -> OutboundResponse {
        do throws(BodyError) {
            let body = try await request.collectBody()
            let lines = [
                "\(request.method) \(request.rawTarget) \(request.version.rawValue)",
                "authority \(request.authority)", "body \(body.readableBytes)",
                "certificate \(request.clientCertificate?.der.count ?? 0)", "from \(request.remoteAddress)",
                "onLoop \(request.eventLoop.inEventLoop)",
            ]
            return text(lines.joined(separator: "\n"))
        } catch { return envelope(error.refusal) }
    }
}
