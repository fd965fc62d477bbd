import ARMModel
import Redaction
import StrictJSON

/// A reply of ARM with its body read, redacted and scrubbed.
struct CleanReply: Sendable {
    var reply: UpstreamReply
    /// `nil` where there is no body, or one that is not JSON.
    var body: JSONNode?
    /// Secrets removed.
    var removed: Int

    init(_ reply: UpstreamReply, scrubber: Scrubber) {
        self.reply = reply
        self.removed = 0
        guard !reply.body.isEmpty,
            let node = try? JSONReader.read(reply.body, limits: .answer, names: .refuseIdentical)
        else { return }
        let (redacted, hidden) = AnswerRedaction.redacted(node)
        let (clean, scrubbed) = AnswerScrubbing.scrubbed(redacted, by: scrubber)
        self.body = clean
        self.removed = hidden + scrubbed
    }

    /// `error.code` of ARM's envelope, also where the envelope's outer member is missing (facts §9.4).
    var errorCode: String? {
        let error = self.body?["error"] ?? self.body
        return error?["code"]?.string.map { String($0.prefix(64)) }
    }

    /// The body as it is relayed.
    func answer(status: Int? = nil, extra: [(String, String)] = []) -> GatewayAnswer {
        var headers = self.reply.headers
        headers.append(contentsOf: extra)
        var bytes: [UInt8] = []
        if let body = self.body {
            var writer = JSONWriter(capacity: self.reply.body.count + 64)
            writer.node(body)
            bytes = writer.bytes
            headers.append(("content-type", "application/json; charset=utf-8"))
        }
        return GatewayAnswer(status: status ?? self.reply.status, headers: headers, body: bytes, code: nil)
    }

    /// ARM's own error: its envelope with known members only, and `Retry-After` only on a 429.
    func errorAnswer() -> GatewayAnswer {
        var extra: [(String, String)] = []
        if self.reply.status == 429 { extra.append(("retry-after", self.reply.retryAfter ?? "5")) }
        guard let body = self.body else {
            let status = self.reply.status
            var answer = ErrorAnswer(
                status: status, code: "UpstreamError\(status)",
                message: "Azure Resource Manager refused the request with status \(status) and no readable reason."
            ).answer
            answer.headers.append(contentsOf: self.reply.headers + extra)
            return answer
        }
        var answer = self.answer(extra: extra)
        // The guide shows a 429 without the outer member; SDKs find the message only inside it.
        if body["error"] == nil, body["code"]?.string != nil {
            var writer = JSONWriter(capacity: answer.body.count + 16)
            writer.beginObject()
            writer.name("error")
            writer.node(body)
            writer.endObject()
            answer.body = writer.bytes
        }
        answer.code = "upstream"
        return answer
    }
}
