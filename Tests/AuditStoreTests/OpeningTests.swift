import Foundation
import GRDB
import GRDBSQLite
import GatewayEnforcement
import Testing

@testable import AuditStore

@Suite struct OpeningTests {
    @Test func durabilityIsGrantedAndTheFileIsPrivate() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log { $0.keyIDs = ["fingerprint": "k1"] }
        let settings = [
            ("journal_mode", "wal"), ("synchronous", "2"), ("foreign_keys", "1"), ("wal_autocheckpoint", "1000"),
            ("application_id", "1396788313"), ("user_version", "3"), ("secure_delete", "1"), ("page_size", "4096"),
        ]
        try await log.perform { db in
            for (name, value) in settings {
                let found = try Row.fetchOne(db, sql: "PRAGMA \(name)").map {
                    String(describing: $0[0] as DatabaseValue)
                }
                #expect(found?.replacingOccurrences(of: "\"", with: "") == value, "\(name)")
            }
        }
        for suffix in ["", "-wal", "-shm", ".lock"] {
            let mode = try FileManager.default.attributesOfItem(atPath: fixture.path + suffix)[.posixPermissions]
            #expect((mode as? NSNumber)?.intValue == 0o600, "\(suffix)")
        }
        let reader = try AuditReader(path: fixture.path)
        #expect(try reader.meta()["key.fingerprint.k1"] != nil)
        #expect(try reader.meta()["schemaVersion"] == "3")
        await log.close()
    }

    @Test func aSecondGatewayIsRefusedUntilTheFirstHasClosed() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        #expect(throws: AuditStoreError.inUse(log.path)) { try fixture.log() }
        // Through a symbolic link it is the same file.
        let link = fixture.directory.appendingPathComponent("link.sqlite").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: log.path)
        #expect(throws: AuditStoreError.inUse(log.path)) { try fixture.log { $0.path = link } }
        await log.close()
        await log.close()
        let second = try fixture.log()
        await second.close()
    }

    @Test func aMissingDirectoryIsNamed() throws {
        let fixture = try StoreFixture()
        #expect(throws: AuditStoreError.noDirectory(fixture.directory.path + "/absent")) {
            try fixture.log { $0.path = fixture.directory.path + "/absent/audit.sqlite" }
        }
        #expect(throws: AuditStoreError.notFound(fixture.path)) { try AuditReader(path: fixture.path) }
        #expect(!FileManager.default.fileExists(atPath: fixture.path))
    }

    @Test func aForeignFileIsRefusedAndLeftAlone() throws {
        let fixture = try StoreFixture()
        let contents = Data(
            "a letter, and no database at all, of more than a hundred bytes ........................................"
                .utf8)
        try contents.write(to: URL(fileURLWithPath: fixture.path))
        chmod(fixture.path, 0o600)
        #expect(throws: AuditStoreError.foreign(fixture.path)) { try fixture.log() }
        #expect(throws: AuditStoreError.foreign(fixture.path)) { try AuditReader(path: fixture.path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == contents)
        try FileManager.default.removeItem(atPath: fixture.path)
        try fixture.raw { try $0.execute(sql: "CREATE TABLE record (a)") }
        chmod(fixture.path, 0o600)
        #expect(throws: AuditStoreError.foreign(fixture.path)) { try fixture.log() }
    }

    @Test func aNewerVersionIsRefused() async throws {
        let fixture = try StoreFixture()
        try await fixture.log().close()
        try fixture.raw { try $0.execute(sql: "PRAGMA user_version = 4") }
        #expect(throws: AuditStoreError.newer(path: fixture.path, version: 4)) { try fixture.log() }
        #expect(throws: AuditStoreError.newer(path: fixture.path, version: 4)) { try AuditReader(path: fixture.path) }
    }

    @Test(arguments: [
        ("DROP TRIGGER record_update", "trigger record_update is missing"),
        ("CREATE TRIGGER quiet AFTER INSERT ON operation BEGIN SELECT 1; END", "trigger quiet is not ours"),
        (
            "DROP INDEX operation_ended; CREATE INDEX operation_ended ON operation (created)",
            "index operation_ended was changed"
        ),
    ])
    func anAlteredSchemaIsRefused(sql: String, difference: String) async throws {
        let fixture = try StoreFixture()
        try await fixture.log().close()
        try fixture.raw { try $0.execute(sql: sql) }
        #expect(throws: AuditStoreError.altered(path: fixture.path, differences: [difference])) { try fixture.log() }
        #expect(try fixture.findings() == [AuditFinding(index: nil, problem: "schema: \(difference)")])
    }

    @Test(arguments: [0o644, 0o620, 0o602] as [mode_t])
    func aFileOpenToOthersIsRefused(mode: mode_t) async throws {
        let fixture = try StoreFixture()
        try await fixture.log().close()
        chmod(fixture.path, mode)
        #expect(throws: AuditStoreError.openToOthers(path: fixture.path, mode: UInt16(mode))) { try fixture.log() }
    }

    @Test func aFailedOpeningLetsTheLockGo() async throws {
        let fixture = try StoreFixture()
        try await fixture.log().close()
        chmod(fixture.path, 0o666)
        #expect(throws: AuditStoreError.self) { try fixture.log() }
        chmod(fixture.path, 0o600)
        try await fixture.log().close()
    }

    @Test(arguments: [
        "UPDATE record SET rule = 'x'", "DELETE FROM record", "UPDATE body SET text = NULL", "DELETE FROM body",
        "INSERT OR REPLACE INTO body SELECT * FROM body",
        #"INSERT OR REPLACE INTO record ("index", event, time, sha256, canonical) SELECT "index", event, time, sha256, canonical FROM record"#,
        #"INSERT INTO record ("index", event, time, sha256, canonical) SELECT 3, event, time, sha256, canonical FROM record"#,
        #"INSERT INTO record (event, time, sha256, canonical) SELECT event, time, sha256, canonical FROM record"#,
        #"INSERT INTO body VALUES (7, '/x', zeroblob(16), NULL)"#,
        "UPDATE operation SET ended = NULL", "UPDATE operation SET ended = 6 WHERE id = 'ended'",
        "DELETE FROM operation WHERE id = 'open'", "UPDATE operation SET targetPath = '/other'",
        "UPDATE operation SET isUnknown = 1", "UPDATE operation SET requestDigest = zeroblob(32)",
        "UPDATE operation SET clientRequestID = 'x'", "UPDATE operation SET created = 5, ended = 6 WHERE id = 'open'",
        "UPDATE operation SET answerStatus = 200", "UPDATE operation SET answerBody = x'00', answerStatus = NULL",
        "UPDATE operation SET answerBody = NULL", "UPDATE operation SET undelivered = 0",
        "UPDATE operation SET undelivered = NULL",
    ])
    func theTablesRefuseChange(sql: String) async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        _ = try await log.append(StoreFixture.entry(), change: .begin(StoreFixture.told("open")))
        var ended = StoreFixture.told("ended")
        ended.endedMilliseconds = 5
        ended.wasUndelivered = true
        _ = try await log.append(StoreFixture.entry(2), change: .begin(ended))
        await log.close()
        try fixture.raw { db in
            let error = #expect(throws: DatabaseError.self) { try db.execute(sql: sql) }
            #expect(error?.resultCode == .SQLITE_CONSTRAINT)
        }
    }

    /// SQLite takes settings of the process only before it is used; afterwards all goes on as it was.
    @Test func aLateSettingIsRefused() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        #expect(!SQLiteProcess.stopCountingMemory())
        #expect(sqlite3_memory_used() > 0)
        #expect(try await log.append(StoreFixture.entry(), change: nil).value == 1)
        await log.close()
    }
}
