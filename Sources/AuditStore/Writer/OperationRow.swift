import ARMModel
import GRDB
import GatewayEnforcement

/// Reading an operation back from its table.
enum OperationRow {
    /// - Throws: ``SQLFailure`` or GRDB's error; an operation whose kind this version does not know is not found.
    static func find(_ id: String, in db: Database) throws -> StoredOperation? {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM operation WHERE id = ?", arguments: [id]),
            let operation = Operation(rawValue: row["operation"])
        else { return nil }
        return StoredOperation(
            id: row["id"],
            owner: OperationOwner(
                issuer: row["ownerIssuer"], tenant: row["ownerTenant"], kind: row["ownerKind"], id: row["ownerID"]),
            operation: operation, subscription: row["subscription"], location: row["location"],
            targetPath: row["targetPath"], apiVersion: row["apiVersion"], statusLink: row["statusLink"],
            resultLink: row["resultLink"], decisionIndex: row["decisionIndex"],
            createdMilliseconds: row["created"], endedMilliseconds: row["ended"])
    }
}
