import AuditStore
import StrictJSON

/// Of a row of the record, what says which request of the simulator it covers.
struct RecordedRow: Sendable, Hashable {
    var index: Int64
    var event: String
    var operation: String?
    var effect: String?
    var correlationID: String?
    var requestID: String?
    /// ARM's id of the operation that a response told of.
    var operationID: String?
    /// Code of the answer, ARM's or ours.
    var upstreamCode: String?

    /// Written at the next start for a command that the gateway died upon.
    var isInterrupted: Bool { self.event == "response" && self.upstreamCode == "gatewayDied" }

    static func read(_ database: String) throws -> [RecordedRow] {
        var rows: [RecordedRow] = []
        try AuditReader(path: database).forEachRow { row, _ in
            let node = try JSONReader.read(row.canonical, limits: .record)
            rows.append(
                RecordedRow(
                    index: row.index, event: row.event, operation: node["operation"]?.string,
                    effect: node["decision"]?["effect"]?.string, correlationID: node["correlationID"]?.string,
                    requestID: node["requestID"]?.string, operationID: node["upstream"]?["operationID"]?.string,
                    upstreamCode: node["upstream"]?["code"]?.string))
        }
        return rows
    }
}
