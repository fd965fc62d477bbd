import Testing

/// The check of the kill test finds what it is there to find.
@Suite struct RecordJoinTests {
    private static let rows = [
        RecordedRow(index: 1, event: "started"),
        RecordedRow(index: 2, event: "decision", operation: "run", effect: "allow", correlationID: "run"),
        RecordedRow(index: 3, event: "response", operation: "run", correlationID: "run", operationID: "arm-1"),
        RecordedRow(index: 4, event: "decision", operation: "run", effect: "deny", correlationID: "denied"),
        RecordedRow(index: 5, event: "lookup", operation: "update", correlationID: "update"),
        RecordedRow(index: 6, event: "decision", operation: "update", effect: "allow", correlationID: "update"),
        RecordedRow(index: 7, event: "decision", operation: "read", effect: "allow", correlationID: "read"),
    ]
    private static let sound = [
        LoggedRequest(method: "POST", path: "/vm/runCommand?api-version=1", correlationID: "run"),
        LoggedRequest(method: "GET", path: "/runCommands/c?api-version=1", correlationID: "update"),
        LoggedRequest(method: "PATCH", path: "/runCommands/c?api-version=1", correlationID: "update"),
        LoggedRequest(method: "GET", path: "/runCommands/c?api-version=1", correlationID: "read"),
        LoggedRequest(method: "GET", path: "/locations/l/operations/arm-1?api-version=1", correlationID: "poll"),
    ]

    @Test func soundRecordHasNoFindings() {
        #expect(RecordJoin(Self.rows).findings(Self.sound).isEmpty)
    }

    @Test(arguments: [
        (LoggedRequest(method: "POST", path: "/runCommand", correlationID: "made-up"), "no decision allows it"),
        (LoggedRequest(method: "POST", path: "/runCommand", correlationID: nil), "no correlation id"),
        (LoggedRequest(method: "POST", path: "/runCommand", correlationID: "denied"), "no decision allows it"),
        (LoggedRequest(method: "POST", path: "/runCommand", correlationID: "read"), "no decision allows it"),
        (LoggedRequest(method: "POST", path: "/runCommand", correlationID: "run"), "it was sent twice"),
        (LoggedRequest(method: "DELETE", path: "/runCommands/c", correlationID: "x"), "no decision allows it"),
        (LoggedRequest(method: "GET", path: "/runCommands/c", correlationID: "x"), "no decision and no lookup"),
        (LoggedRequest(method: "GET", path: "/runCommands/c", correlationID: "run"), "no decision and no lookup"),
        (LoggedRequest(method: "GET", path: "/l/operations/arm-2?x", correlationID: "run"), "no response told of it"),
    ]) func strangerIsReported(request: LoggedRequest, problem: String) {
        let findings = RecordJoin(Self.rows).findings(Self.sound + [request])
        #expect(findings.count == 1)
        #expect(findings.first?.hasSuffix(problem) == true)
    }

    /// Each row but the first and the denial carries something.
    @Test(arguments: [1, 2, 4, 5, 6]) func missingRowIsReported(position: Int) {
        var rows = Self.rows
        rows.remove(at: position)
        #expect(RecordJoin(rows).findings(Self.sound).count == 1)
    }
}
