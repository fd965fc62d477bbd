/// Holds what ARM received against what is on record.
struct RecordJoin {
    private let byCorrelation: [String: [RecordedRow]]
    private let operations: Set<String>

    init(_ rows: [RecordedRow]) {
        self.byCorrelation = Dictionary(grouping: rows.filter { $0.correlationID != nil }) { $0.correlationID ?? "" }
        self.operations = Set(rows.filter { $0.event == "response" }.compactMap(\.operationID))
    }

    /// Everything that ARM received and that no row allowed, in words.
    ///
    /// A command needs a `decision` to allow a command, and no two commands may stand on one; a read needs a `decision`
    /// to allow a read, or a `lookup`; a poll needs the `response` that told of its operation.
    func findings(_ received: [LoggedRequest]) -> [String] {
        var findings: [String] = []
        var commands: Set<String> = []
        for request in received {
            guard let id = request.correlationID else {
                findings.append("\(request.method) \(request.path): no correlation id")
                continue
            }
            let problem: String? =
                switch request.kind {
                case .command:
                    !self.has(id, ["run", "create", "update", "delete"], in: "decision")
                        ? "no decision allows it" : commands.insert(id).inserted ? nil : "it was sent twice"
                case .read:
                    self.has(id, ["read", "list"], in: "decision") || self.has(id, ["update"], in: "lookup")
                        ? nil : "no decision and no lookup"
                case .poll(let operation): self.operations.contains(operation) ? nil : "no response told of it"
                }
            if let problem { findings.append("\(request.method) \(request.path) (\(id)): \(problem)") }
        }
        return findings
    }

    private func has(_ id: String, _ operations: [String], in event: String) -> Bool {
        (self.byCorrelation[id] ?? []).contains { row in
            row.event == event && row.operation.map(operations.contains) == true
                && (event == "lookup" || row.effect == "allow")
        }
    }
}
