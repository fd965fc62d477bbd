import ARMModel
import Redaction
import StrictJSON

/// A reply of ARM with its body read: as it is understood, and as it is relayed.
struct CleanReply: Sendable {
    let reply: UpstreamReply
    /// Those of the reply that are relayed.
    private(set) var headers: [(String, String)]
    /// What the answer means is read from this, whatever value some caller's secret has: redacted, but with words that
    /// equal a secret. Never relayed or kept, and texts of it go on record only through ``scrubber``.
    let document: JSONNode?
    /// What is relayed; `nil` where there is no body, or one that is not JSON.
    var body: JSONNode?
    /// Secrets removed, from body and header fields.
    let removed: Int
    let scrubber: Scrubber

    /// Puts our id in the place of ARM's, which would open the output to any reader of the subscription. A header
    /// that holds one is left out.
    mutating func hide(_ theirs: [String], behind ours: String) {
        for (place, id) in theirs.enumerated() where !theirs[..<place].contains(id) { self.hide(id, behind: ours) }
    }

    /// - Parameter id: of ARM's; an empty one is not looked for.
    mutating func hide(_ id: String, behind ours: String) {
        if id.isEmpty { return }
        self.body = self.body.map { IdentifierReplacement.replacing(id, with: ours, in: $0) }
        let needle = ASCIICase.lowered(id)
        // Seldom any does, and removing none would copy them all.
        guard self.headers.contains(where: { ASCIISearch.contains($0.1, lowerCase: needle) }) else { return }
        self.headers.removeAll { ASCIISearch.contains($0.1, lowerCase: needle) }
    }

    /// `error.code` of ARM's envelope, also where the envelope's outer member is missing (facts §9.4). For the
    /// record, so only what looks like a code.
    var errorCode: String? {
        guard Self.error(in: self.document) != nil else { return nil }
        let code = Self.error(in: self.body)?["code"]?.string ?? ""
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
        var headers: [(String, String)] = []
        // With room for what the gateway adds to every answer.
        headers.reserveCapacity(self.headers.count + extra.count + 1 + CallContext.mostHeaders)
        headers.append(contentsOf: self.headers)
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
                message: "Azure Resource Manager refused the request with status \(status) and no readable reason.",
                details: detail.map { [$0] } ?? []
            ).answer
            answer.headers.removeAll { own in self.headers.contains { $0.0 == own.0 } }
            answer.headers.append(contentsOf: self.headers + extra)
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

// An init beside the struct hands on to the memberwise one, and so makes no second copy of so many parts.
extension CleanReply {
    /// - Parameter token: the caller's own token where it went to ARM, which an error might quote.
    init(_ reply: UpstreamReply, scrubber: Scrubber, token: Secret? = nil) {
        var headers = reply.headers
        var scrubbers = scrubber.isEmpty ? [] : [scrubber]
        if reply.status >= 400, let token {
            let ofToken = Scrubber([token])
            if !ofToken.isEmpty { scrubbers.append(ofToken) }
        }
        for scrubber in scrubbers { headers.removeAll { scrubber.scrubbed($0.1).removed > 0 } }
        var removed = reply.headers.count - headers.count
        guard !reply.body.isEmpty,
            let node = try? JSONReader.read(reply.body, limits: .answer, names: .refuseIdentical)
        else {
            self.init(
                reply: reply, headers: headers, document: nil, body: nil, removed: removed, scrubber: scrubber)
            return
        }
        let (redacted, hidden) = AnswerRedaction.redacted(node)
        removed += hidden
        var clean = redacted
        for scrubber in scrubbers {
            let (without, count) = AnswerScrubbing.scrubbed(clean, by: scrubber)
            clean = without
            removed += count
        }
        self.init(
            reply: reply, headers: headers, document: redacted, body: clean, removed: removed, scrubber: scrubber)
    }
}
