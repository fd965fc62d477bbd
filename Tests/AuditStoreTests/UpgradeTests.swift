import AuditModel
import Crypto
import Foundation
import GRDB
import GRDBSQLite
import GatewayEnforcement
import Testing

@testable import AuditStore

@Suite struct UpgradeTests {
    /// Everything in the tables of the first version, as text.
    private static func contents(_ db: Database) throws -> [String] {
        let columns = """
            id, ownerIssuer, ownerTenant, ownerKind, ownerID, operation, subscription, location, targetPath,
            apiVersion, statusLink, resultLink, decisionIndex, created, ended
            """
        return try ["SELECT * FROM record", "SELECT * FROM body", "SELECT \(columns) FROM operation"].flatMap { query in
            try Row.fetchAll(db, sql: query + " ORDER BY 1").map { "\(Array($0.databaseValues))" }
        }
    }

    @Test func aFileOfTheFirstVersionIsBroughtUp() async throws {
        let fixture = try StoreFixture()
        try Version1File.make(fixture)
        let before = try fixture.raw(Self.contents)
        #expect(before.count == 6)
        let log = try fixture.log()
        let open = StoreFixture.operation("open")
        #expect(try await log.operation(id: "open") == open)
        #expect(try await log.operation(id: "ended")?.endedMilliseconds == 1_800_000_000_005)
        #expect(try await log.operations(sinceMilliseconds: 1_800_000_000_001).isEmpty)
        #expect(try await log.operations(sinceMilliseconds: .min).map(\.id).sorted() == ["ended", "open"])
        try await log.perform { db in
            let secureDelete = try Int.fetchOne(db, sql: "PRAGMA secure_delete")
            #expect(secureDelete == 1)
        }
        #expect(try await log.append(StoreFixture.entry(3), change: .begin(StoreFixture.told("new"))).value == 3)
        #expect(try await log.append(StoreFixture.plain(4), change: .end(id: "open", atMilliseconds: 7)).value == 4)
        await log.close()
        let after = try fixture.raw(Self.contents)
        #expect(after.count == 10)
        #expect(after.filter(before.contains).count == 5, "all but the end of the open operation")
        #expect(try fixture.findings().isEmpty)
        let meta = try AuditReader(path: fixture.path).meta()
        #expect(meta["schemaVersion"] == "3")
        #expect(meta["created"] == "2026-01-01T00:00:00.000Z")
        #expect(meta["upgraded.3"] == "2027-01-15T08:00:00.000Z")
        #expect(meta["key.fingerprint.k1"] != nil)
        try await fixture.log().close()
    }

    @Test func aFileOfTheSecondVersionIsBroughtUp() async throws {
        let fixture = try StoreFixture()
        try Version2File.make(fixture)
        #expect(try fixture.findings().isEmpty)
        let before = try fixture.raw(Self.contents)
        #expect(before.count == 9)
        let clock = SettableClock()
        let log = try fixture.log(clock: clock)
        #expect(log.statistics.openOperations == 2)
        #expect(try await log.operation(id: "told") == StoreFixture.told("told"))
        #expect(try await log.operations(sinceMilliseconds: .min).map(\.id).sorted() == ["ended", "open", "told"])
        #expect(try await log.append(StoreFixture.entry(4), change: .end(id: "open", atMilliseconds: 7)).value == 4)
        clock.advance(milliseconds: 86_400_000)
        try await log.eraseOldAnswers()
        #expect(try await log.operation(id: "told")?.answer == nil)
        await log.close()
        #expect(try fixture.raw(Self.contents).filter(before.contains).count == 8, "all but the end of the open one")
        #expect(try fixture.raw { try Int.fetchOne($0, sql: "SELECT count(answerStatus) FROM operation") } == 0)
        #expect(try fixture.findings().isEmpty)
        #expect(try AuditReader(path: fixture.path).meta()["upgraded.3"] != nil)
    }

    /// Files of these versions exist: what made them never changes.
    @Test func theStepsStayAsTheyWere() {
        let steps = [SchemaVersion1.statements, SchemaVersion2.statements, SchemaVersion3.statements]
        let digests = steps.map { StoreFixture.hex(Array(SHA256.hash(data: Data($0.joined().utf8)))) }
        #expect(digests.map { String($0.prefix(16)) } == ["e403a2799fb67f13", "33f32e6fdf28b727", "f4ba5f44e6cb9733"])
    }

    /// What SQLite needs for an upgrade does not grow with what lies in the table, 96 MB here, and neither does what a
    /// start reads of operations that nobody ever polled.
    @Test func memoryStaysFlat() async throws {
        let fixture = try StoreFixture()
        try Version1File.make(fixture)
        try fixture.raw { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
                    INSERT INTO operation SELECT lower(hex(randomblob(16))), 'https://sts.example/', 't', 'user', 'alice',
                        'run', 's', 'westus', '/subscriptions/1/vm', '2025-04-01',
                        '/operations/1?sig=' || hex(zeroblob(4000)), NULL, 1, 1790000000000 + i, NULL FROM n
                    """)
        }
        _ = sqlite3_memory_highwater(1)
        let log = try fixture.log()
        let peak = sqlite3_memory_highwater(0)
        // All of SQLite in this process: alone it comes to some 25 MB, and to 53 beside the other tests. Sorting whole
        // rows would take more than lies in the table.
        #expect(peak > 1 << 20 && peak < 85 << 20, "\(peak) bytes")
        #expect(log.statistics.openOperations == 12_001)
        #expect(try await log.operations(sinceMilliseconds: 1_790_000_011_999).count == 4)
        await log.close()
    }

    @Test func itLooksLikeAFreshOne() async throws {
        let (old, fresh) = (try StoreFixture(), try StoreFixture())
        try Version1File.make(old)
        func schema(_ fixture: StoreFixture) throws -> [String] {
            try fixture.raw {
                try String.fetchAll($0, sql: "SELECT name || sql FROM sqlite_master WHERE sql <> '' ORDER BY 1")
            }
        }
        let first = try schema(old)
        for fixture in [old, fresh] { try await fixture.log().close() }
        #expect(try schema(old) == schema(fresh))
        #expect(try schema(old) != first)
    }

    @Test func readingLeavesTheFirstVersionAsItIs() throws {
        let fixture = try StoreFixture()
        try Version1File.make(fixture)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: fixture.path))
        let reader = try AuditReader(path: fixture.path)
        #expect(try reader.lastIndex() == 2)
        #expect(try reader.row(1)?.canonical == StoreFixture.entry(1).canonical)
        var indexes: [Int64] = []
        try reader.list(AuditFilter()) { indexes.append($0.index) }
        #expect(indexes == [1, 2])
        #expect(try fixture.findings().isEmpty)
        #expect(try Data(contentsOf: URL(fileURLWithPath: fixture.path)) == bytes)
    }

    @Test(arguments: [
        ("DROP TRIGGER record_update", "trigger record_update is missing"),
        ("CREATE INDEX operation_open ON operation (created) WHERE ended IS NULL", "index operation_open is not ours"),
    ])
    func anAlteredOneIsNotBroughtUp(sql: String, difference: String) throws {
        let fixture = try StoreFixture()
        try Version1File.make(fixture)
        try fixture.raw { try $0.execute(sql: sql) }
        #expect(throws: AuditStoreError.altered(path: fixture.path, differences: [difference])) { try fixture.log() }
        #expect(try fixture.findings() == [AuditFinding(index: nil, problem: "schema: \(difference)")])
        #expect(try fixture.raw { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 1)
    }

    /// A number changed by hand makes no version.
    @Test func aFalseVersionIsFound() async throws {
        let fixture = try StoreFixture()
        try await fixture.log().close()
        try fixture.raw { try $0.execute(sql: "PRAGMA user_version = 1") }
        #expect(throws: AuditStoreError.self) { try fixture.log() }
        #expect(try !fixture.findings().isEmpty)
    }
}
