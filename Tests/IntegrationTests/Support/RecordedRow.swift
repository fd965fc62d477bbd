import ARMSimulator
import AuditStore
import StrictJSON

/// A row of the record, parsed.
struct RecordedRow: Sendable {
    var index: Int64
    var event: String
    var row: JSONNode

    static func all(in database: String) throws -> [RecordedRow] {
        var out: [RecordedRow] = []
        try AuditReader(path: database).forEachRow { row, _ in
            let node = try JSONReader.read(row.canonical, limits: .record)
            out.append(RecordedRow(index: row.index, event: node["event"]?.string ?? "", row: node))
        }
        return out
    }
}

extension LocalStack {
    /// Every row so far, parsed.
    func record() throws -> [RecordedRow] { try RecordedRow.all(in: self.database) }

    /// The rows of one answer's request.
    func rows(of answer: Answer) throws -> [RecordedRow] {
        let id = answer.header("x-ms-request-id")
        return try self.record().filter { $0.row["requestID"]?.string == id }
    }

    /// How many requests ARM received whose path holds a text.
    func received(_ text: String = "/", method: String? = nil) async -> Int {
        await self.simulator.receivedRequests.count { request in
            request.target.contains(text) && (method == nil || request.method == method)
        }
    }
}
