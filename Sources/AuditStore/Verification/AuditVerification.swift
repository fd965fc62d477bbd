import AuditModel

/// Something in a record that is not as it was written.
package struct AuditFinding: Sendable, Hashable {
    /// The row, or `nil` if it is about the file.
    package var index: Int64?
    /// In words, without values of the row.
    package var problem: String

    package init(index: Int64?, problem: String) {
        self.index = index
        self.problem = problem
    }
}

/// How much was verified.
package struct AuditVerificationReport: Sendable, Hashable {
    package var rows = 0
    package var bodies = 0
    /// Bodies without text, of which only the commitment is known: digests by configuration, or erased.
    package var withheld = 0
    package var findings = 0
    /// 0 for an empty record.
    package var lastIndex: Int64 = 0

    package init() {}
    package var isSound: Bool { self.findings == 0 }
}

/// Checks a whole record: no gaps from 1, canonical bytes re-encode equal and have their SHA-256, columns agree with
/// bytes, commitments fit their bodies, and the triggers that refuse changes are in place.
///
/// It reads one row after the other and keeps none. Rows cut off at the end leave no trace that this could find.
package enum AuditVerification {
    /// - Parameter onFinding: Called for each finding as it is made.
    /// - Throws: ``AuditStoreError`` if the file cannot be opened or read at all; damage met on the way is a finding.
    package static func run(
        _ reader: AuditReader, onFinding: (AuditFinding) -> Void
    ) throws -> AuditVerificationReport {
        var report = AuditVerificationReport()
        func find(_ index: Int64?, _ problem: String) {
            report.findings += 1
            onFinding(AuditFinding(index: index, problem: problem))
        }
        for difference in try reader.schemaDifferences() { find(nil, "schema: \(difference)") }
        var expected: Int64 = 1
        do {
            try reader.forEachRow { row, bodies in
                if row.index > expected {
                    find(
                        row.index,
                        row.index == expected + 1
                            ? "row \(expected) before it is missing"
                            : "rows \(expected) to \(row.index - 1) before it are missing")
                } else if row.index < expected {
                    find(row.index, "the index is below 1")
                }
                expected = max(expected, row.index &+ 1)
                report.rows += 1
                report.bodies += bodies.count
                report.withheld += bodies.count { $0.text == nil }
                report.lastIndex = row.index
                for problem in AuditRowCheck.problems(row, bodies: bodies) { find(row.index, problem) }
            }
            for index in try reader.orphanBodies(limit: 100) { find(index, "there is a body, but no row") }
        } catch let error as AuditStoreError {
            find(nil, "the file is damaged or cannot be read to its end: \(error)")
        }
        return report
    }
}
