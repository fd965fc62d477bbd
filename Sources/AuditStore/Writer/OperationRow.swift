import ARMModel
import Foundation
import GRDB
import GatewayEnforcement

/// Reading operations back from their table.
enum OperationRow {
    /// - Throws: ``SQLFailure`` or GRDB's error; an operation whose kind this version does not know is not found.
    static func find(_ id: String, in db: Database) throws -> StoredOperation? {
        try Row.fetchOne(db, sql: "SELECT * FROM operation WHERE id = ?", arguments: [id]).flatMap(Self.operation)
    }

    /// Columns with no bound, or a high one, are left out: at a start they would all be in memory together.
    private static let shortColumns = """
        id, decisionIndex, created, ended, isUnknown, undelivered, served, requestDigest, clientRequestID, ownerIssuer,
        ownerTenant, ownerKind, ownerID, operation, subscription, location, targetPath, apiVersion, answerStatus,
        answerRetryAfter, answerBodyIsKept, NULL AS statusLink, NULL AS resultLink, NULL AS answerBody
        """

    /// Both halves go along an index. A clock that was set back may let an end stand before its beginning.
    static let recentQuery = """
        SELECT \(shortColumns) FROM operation
        WHERE \(SchemaVersion3.recent) AND ended IS NULL AND created >= ?1
        UNION ALL
        SELECT \(shortColumns) FROM operation WHERE ended IS NOT NULL AND ended >= ?2 AND created >= ?1
        """

    /// Those begun at that time or later, oldest first, without ARM's links and the bodies of answers.
    static func recent(sinceMilliseconds since: Int64, in db: Database) throws -> [StoredOperation] {
        let slack = since.subtractingReportingOverflow(ClockSlack.milliseconds)
        let rows = try Row.fetchCursor(
            db, sql: Self.recentQuery, arguments: [since, slack.overflow ? .min : slack.partialValue])
        var found: [StoredOperation] = []
        while let row = try rows.next() {
            if let operation = Self.operation(row) { found.append(operation) }
        }
        // Not in SQL, which may sort in a file.
        return found.sorted { ($0.createdMilliseconds, $0.decisionIndex) < ($1.createdMilliseconds, $1.decisionIndex) }
    }

    private static func operation(_ row: Row) -> StoredOperation? {
        guard let operation = ARMModel.Operation(rawValue: row["operation"]) else { return nil }
        let digest: Data? = row["requestDigest"]
        return StoredOperation(
            id: row["id"],
            owner: OperationOwner(
                issuer: row["ownerIssuer"], tenant: row["ownerTenant"], kind: row["ownerKind"], id: row["ownerID"]),
            operation: operation, subscription: row["subscription"], location: row["location"],
            targetPath: row["targetPath"], apiVersion: row["apiVersion"], statusLink: row["statusLink"],
            resultLink: row["resultLink"], decisionIndex: row["decisionIndex"],
            createdMilliseconds: row["created"], endedMilliseconds: row["ended"],
            requestDigest: digest.map { HexDigest.text(of: $0) }, clientRequestID: row["clientRequestID"],
            answer: Self.answer(row), isUnknown: row["isUnknown"], wasUndelivered: row["undelivered"],
            wasServed: row["served"])
    }

    /// `nil` once it was erased.
    private static func answer(_ row: Row) -> KeptAnswer? {
        guard let status: Int = row["answerStatus"] else { return nil }
        let body: Data? = row["answerBody"]
        return KeptAnswer(
            status: status, retryAfter: row["answerRetryAfter"], body: body.map(ErasableBody.unwrapped) ?? [],
            bodyIsKept: row["answerBodyIsKept"] ?? false)
    }
}

/// How far the machine's clock may go back without anything being overlooked at a start.
enum ClockSlack {
    static let milliseconds: Int64 = 60_000
}
