import GRDB
import GatewayEnforcement
import Testing

@testable import AuditStore

/// The writing connection runs no triggers: what they refuse to others, it must not do by itself.
struct WriterConnectionTests {
    /// All rows, byte for byte.
    private static func rows(_ db: Database) throws -> [String] {
        try ["record", "body"].flatMap { table in
            let columns = try db.columns(in: table).map { "quote(\"\($0.name)\")" }.joined(separator: " || ',' || ")
            return try String.fetchAll(db, sql: "SELECT '\(table) ' || \(columns) FROM \(table) ORDER BY 1")
        }
    }

    /// On whatever way the file came to be.
    @Test(arguments: ["fresh", "opened again", "of the first version", "of the second version"])
    func itRunsNoTriggers(file: String) async throws {
        let fixture = try StoreFixture()
        switch file {
        case "opened again": try await fixture.log().close()
        case "of the first version": try Version1File.make(fixture)
        case "of the second version": try Version2File.make(fixture)
        default: break
        }
        let log = try fixture.log()
        let index = try await log.append(StoreFixture.entry(9), change: nil).value
        try await log.perform { db in
            try db.inTransaction {
                try db.execute(sql: #"UPDATE record SET rule = 'x' WHERE "index" = ?"#, arguments: [index])
                #expect(db.changesCount == 1)
                return .rollback
            }
        }
        await log.close()
        // They are there for everybody else.
        #expect(throws: DatabaseError.self) { try fixture.raw { try $0.execute(sql: "UPDATE record SET rule = 'x'") } }
        #expect(try fixture.findings().isEmpty)
    }

    /// All that it does beside adding rows, at a time when everything is due.
    @Test func noRowChangesAfterItWasWritten() async throws {
        let fixture = try StoreFixture()
        let clock = SettableClock()
        let log = try fixture.log(clock: clock)
        for (number, id) in ["ended", "open", "told"].enumerated() {
            _ = try await log.append(StoreFixture.entry(number + 1), change: .begin(StoreFixture.told(id)))
        }
        _ = try await log.append(StoreFixture.plain(4), change: .end(id: "ended", atMilliseconds: clock.now))
        let before = try fixture.raw(Self.rows)
        #expect(before.count == 7)
        log.markUndelivered(id: "open")
        log.markServed(id: "told")
        clock.advance(milliseconds: 31 * 86_400_000)
        try await log.eraseOldAnswers()
        try await log.purgeEndedOperations()
        await #expect(throws: AuditLogError.alreadyEnded) {
            try await log.append(StoreFixture.plain(5), change: .end(id: "ended", atMilliseconds: 7))
        }
        await log.close()
        #expect(try fixture.raw { try Int.fetchOne($0, sql: "SELECT count(*) FROM operation") } == 0)
        #expect(try fixture.raw(Self.rows) == before)
        #expect(try fixture.findings().isEmpty)
    }

    /// Somebody with a shell added a row where the writer's next one was to stand.
    @Test func aRowIsNotWrittenOverAnother() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        #expect(try await log.append(StoreFixture.entry(1), change: nil).value == 1)
        try fixture.raw { db in
            try db.execute(
                sql: """
                    INSERT INTO record ("index", event, time, sha256, canonical)
                    SELECT 2, event, time, sha256, canonical FROM record
                    """)
        }
        let before = try fixture.raw(Self.rows)
        #expect(try await log.append(StoreFixture.entry(3), change: nil).value == 3)
        await log.close()
        let after = try fixture.raw(Self.rows)
        #expect(after.count == before.count + 2, "a row and its body")
        #expect(after.filter(before.contains).count == before.count)
        #expect(try !fixture.findings().isEmpty)
    }

    /// Somebody with a shell cut the record's end off, past its triggers. What is missing stays visible.
    @Test func theGapStaysWhereRowsWereCutOff() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        for number in 1...3 { _ = try await log.append(StoreFixture.plain(number), change: nil) }
        try fixture.raw { db in
            let trigger = try String.fetchOne(db, sql: "SELECT sql FROM sqlite_master WHERE name = 'record_delete'")
            try db.execute(sql: "DROP TRIGGER record_delete")
            try db.execute(sql: #"DELETE FROM record WHERE "index" > 1"#)
            try db.execute(sql: trigger ?? "")
        }
        #expect(try await log.append(StoreFixture.plain(4), change: nil).value == 4)
        await log.close()
        #expect(try !fixture.findings().isEmpty)
    }
}
