import StrictJSON
import Testing

extension LocalStack {
    /// What must be true of every answer of ours that refuses.
    static func expectEnvelope(
        _ answer: Answer, _ status: Int, _ code: String, _ what: Comment,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(answer.status == status, "\(what): \(answer.text)", sourceLocation: sourceLocation)
        #expect(answer.code == code, "\(what): \(answer.text)", sourceLocation: sourceLocation)
        #expect(
            answer.json?["error"]?["message"]?.string?.isEmpty == false, "\(what): no message",
            sourceLocation: sourceLocation)
        #expect(
            answer.header("content-type") == "application/json; charset=utf-8", what, sourceLocation: sourceLocation)
        #expect(
            (answer.header("retry-after") != nil) == (status == 503 || status == 429), "\(what): Retry-After",
            sourceLocation: sourceLocation)
        self.expectIdentifiers(answer, what, sourceLocation: sourceLocation)
    }

    /// Every answer has ours and the correlation id.
    static func expectIdentifiers(
        _ answer: Answer, _ what: Comment, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for name in ["x-ms-request-id", "x-ms-correlation-request-id"] {
            let values = answer.headers.filter { $0.0.lowercased() == name }.map(\.1)
            #expect(values.count == 1, "\(what): \(name)", sourceLocation: sourceLocation)
            #expect(values.first?.utf8.count == 36, "\(what): \(name)", sourceLocation: sourceLocation)
        }
    }

    /// A refusal of a known caller: the envelope, and exactly one row, a denial that says the same.
    func expectRefused(
        _ answer: Answer, _ status: Int, _ code: String, _ what: Comment,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        Self.expectEnvelope(answer, status, code, what, sourceLocation: sourceLocation)
        let rows = try self.rows(of: answer)
        #expect(rows.map(\.event) == ["decision"], what, sourceLocation: sourceLocation)
        let decision = rows.first?.row["decision"]
        #expect(decision?["effect"]?.string == "deny", what, sourceLocation: sourceLocation)
        if code != "RequestDisallowedByPolicy" {
            #expect(
                decision?["reasons"]?.array?.first?["code"]?.string == code, what, sourceLocation: sourceLocation)
        }
        #expect(
            answer.header("x-sallyport-audit-index") == rows.first.map { String($0.index) }, what,
            sourceLocation: sourceLocation)
        #expect(
            rows.first?.row["principal"]?["id"]?.string == LocalStack.operatorID, what, sourceLocation: sourceLocation)
    }

    /// A refusal of somebody nobody knows: the envelope, no row of the request, no index.
    func expectUnidentified(
        _ answer: Answer, _ what: Comment, _ status: Int = 401, _ code: String = "AuthenticationFailed",
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        Self.expectEnvelope(answer, status, code, what, sourceLocation: sourceLocation)
        #expect(
            answer.header("www-authenticate") == (status == 401 ? "Bearer" : nil), what, sourceLocation: sourceLocation)
        #expect(answer.header("x-sallyport-audit-index") == nil, what, sourceLocation: sourceLocation)
        #expect(try self.rows(of: answer).isEmpty, what, sourceLocation: sourceLocation)
    }

    /// Waits for a condition that another task brings about, at most ten seconds.
    static func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(10)
        while clock.now < end {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return false
    }
}
