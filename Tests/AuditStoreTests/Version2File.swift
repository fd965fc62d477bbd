import AuditModel
import Foundation
import GRDB
import GatewayEnforcement

@testable import AuditStore

/// A file as the second version of this program made it.
enum Version2File {
    /// Two rows with a body each, an operation of which all is kept, one that is open without an answer, one that ended.
    static func make(_ fixture: StoreFixture) throws {
        try fixture.raw { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.inTransaction(.immediate) {
                for statements in [SchemaVersion1.statements, SchemaVersion2.statements] {
                    for statement in statements { try db.execute(sql: statement) }
                }
                try db.execute(
                    sql: """
                        INSERT INTO meta (name, value) VALUES ('schemaVersion', '2'),
                            ('created', '2026-01-01T00:00:00.000Z')
                        """)
                try db.execute(sql: "PRAGMA application_id = \(0x5341_4C59)")
                try db.execute(sql: "PRAGMA user_version = 2")
                let statements = try RecordStatements(db)
                var ended = StoreFixture.operation("ended")
                ended.endedMilliseconds = 1_800_000_000_005
                let operations = [StoreFixture.told("told"), StoreFixture.operation("open"), ended]
                for (place, operation) in operations.enumerated() {
                    _ = try statements.write(
                        StoreFixture.entry(place + 1), change: .begin(operation), index: Int64(place + 1))
                }
                return .commit
            }
        }
        chmod(fixture.path, 0o600)
    }
}
