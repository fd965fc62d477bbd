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

    /// - Parameter token: the caller's own token where it went to ARM, which an error might quote.
    init(_ reply: UpstreamReply, scrubber: Scrubber, token: Secret? = nil) {
        self.reply = reply
        self.removed = 0
        if !scrubber.isEmpty { self.reply.headers.removeAll { scrubber.scrubbed($0.1).removed > 0 } }
        guard !reply.body.isEmpty,
            let node = try? JSONReader.read(reply.body, limits: .answer, names: .refuseIdentical)
        else { return }
        let (redacted, hidden) = AnswerRedaction.redacted(node)
        var (clean, scrubbed) = AnswerScrubbing.scrubbed(redacted, by: scrubber)
        if let token, reply.status >= 400 {
            let (without, count) = AnswerScrubbing.scrubbed(clean, by: Scrubber([token]))
            clean = without
            scrubbed += count
        }
        self.body = clean
        self.removed = hidden + scrubbed
    }

    /// Puts our id in the place of ARM's, which would open the output to any reader of the subscription. A header
    /// that holds one is left out.
    mutating func hide(_ theirs: [String], behind ours: String) {
        for id in theirs where !id.isEmpty {
            self.body = self.body.map { IdentifierReplacement.replacing(id, with: ours, in: $0) }
            let needle = ASCIICase.lowered(id)
            self.reply.headers.removeAll { ASCIISearch.contains($0.1, lowerCase: needle) }
        }
    }

    /// `error.code` of ARM's envelope, also where the envelope's outer member is missing (facts §9.4). For the
    /// record, so only what looks like a code.
    var errorCode: String? {
        guard let code = Self.error(in: self.body)?["code"]?.string else { return nil }
        let isCode =
            (1...64).contains(code.utf8.count)
            && code.utf8.allSatisfy { byte in
                let lower = ASCIICase.lower(byte)
                return (lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z"))
                    || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || "._-/".utf8.contains(byte)
            }
        return isCode ? code : "(unreadable)"
    }

    /// The error object, in its envelope or without (the guide shows a 429 so).
    private static func error(in body: JSONNode?) -> JSONNode? {
        guard let body else { return nil }
        let error = body["error"] ?? body
        return error["code"]?.string == nil ? nil : error
    }

    /// The body as it is relayed.
    func answer(extra: [(String, String)] = []) -> GatewayAnswer {
        var headers = self.reply.headers
        headers.append(contentsOf: extra)
        var bytes: [UInt8] = []
        if let body = self.body {
            var writer = JSONWriter(capacity: self.reply.body.count + 64)
            writer.node(body)
            bytes = writer.bytes
            headers.append(("content-type", "application/json; charset=utf-8"))
        }
        return GatewayAnswer(status: self.reply.status, headers: headers, body: bytes, code: nil)
    }

    private static let errorMembers = ["code", "message", "target", "details", "innererror", "additionalInfo"]

    /// ARM's own error: its envelope with known members only. Azure's clients send again whatever has `Retry-After`,
    /// so it stays on a 429, and on a 5xx, which only reads and deletions are answered with.
    /// - Parameter detail: what the gateway knows about it, as one more element of `details`.
    func errorAnswer(adding detail: ErrorAnswer.Detail? = nil) -> GatewayAnswer {
        let status = self.reply.status
        var extra: [(String, String)] = []
        if status == 429 || status >= 500, let seconds = self.reply.retryAfter {
            extra.append(("retry-after", seconds))
        }
        guard let error = Self.error(in: self.body), let members = error.members else {
            var answer = ErrorAnswer(
                status: status, code: "UpstreamError\(status)",
                message: "Azure Resource Manager refused the request with status \(status) and no readable reason."
            ).answer
            answer.headers.removeAll { own in self.reply.headers.contains { $0.0 == own.0 } }
            answer.headers.append(contentsOf: self.reply.headers + extra)
            return answer
        }
        var whole = self
        var known = members.filter { member in Self.errorMembers.contains { ASCIICase.areEqual($0, member.name) } }
        if let detail { Self.add(detail, to: &known) }
        // SDKs find the message only inside the envelope.
        whole.body = JSONNode(.object([JSONMember(name: "error", value: JSONNode(.object(known)))]))
        var answer = whole.answer(extra: extra)
        answer.code = "upstream"
        return answer
    }

    private static func add(_ detail: ErrorAnswer.Detail, to members: inout [JSONMember]) {
        var parts = [
            JSONMember(name: "code", value: JSONNode(.string(detail.code))),
            JSONMember(name: "message", value: JSONNode(.string(detail.message))),
        ]
        if let target = detail.target { parts.append(JSONMember(name: "target", value: JSONNode(.string(target)))) }
        let place = members.firstIndex { ASCIICase.areEqual($0.name, "details") }
        let details = place.flatMap { members[$0].value.array } ?? []
        let member = JSONMember(name: "details", value: JSONNode(.array(details + [JSONNode(.object(parts))])))
        if let place { members[place] = member } else { members.append(member) }
    }
}
