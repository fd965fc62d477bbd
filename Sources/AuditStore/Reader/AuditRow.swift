package import AuditModel

/// A row of the record as it stands in the file, believed in nothing.
package struct AuditRow: Sendable, Hashable {
    package var index: Int64
    package var event: String
    /// RFC 3339, UTC, milliseconds.
    package var time: String
    package var columns: AuditColumns
    package var sha256: [UInt8]
    package var canonical: [UInt8]

    package init(
        index: Int64, event: String, time: String, columns: AuditColumns, sha256: [UInt8], canonical: [UInt8]
    ) {
        self.index = index
        self.event = event
        self.time = time
        self.columns = columns
        self.sha256 = sha256
        self.canonical = canonical
    }

    static let selection = """
        "index", event, time, requestID, principal, operation, subscription, resourceGroup, machine, runCommand,
        effect, rule, scriptSHA256, outcome, sha256, canonical
        """

    /// - Parameter statement: Standing on a row of a SELECT of ``selection``.
    init(_ statement: SQLStatement) {
        self.index = statement.integer(0)
        self.event = statement.text(1) ?? ""
        self.time = statement.text(2) ?? ""
        self.columns = AuditColumns(
            requestID: statement.text(3), principal: statement.text(4), operation: statement.text(5),
            subscription: statement.text(6), resourceGroup: statement.text(7), machine: statement.text(8),
            runCommand: statement.text(9), effect: statement.text(10), rule: statement.text(11),
            scriptSHA256: statement.text(12), outcome: statement.text(13))
        self.sha256 = statement.bytes(14) ?? []
        self.canonical = statement.bytes(15) ?? []
    }
}
