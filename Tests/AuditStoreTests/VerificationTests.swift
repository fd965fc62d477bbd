import AuditModel
import AuditStore
import Foundation
import GRDB
import GatewayEnforcement
import Testing

@Suite struct VerificationTests {
    /// Three decisions, the second with a digest only.
    static func record() async throws -> StoreFixture {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        for number in 1...3 {
            _ = try await log.append(StoreFixture.entry(number, script: number == 2 ? nil : "df -h"), change: nil)
        }
        await log.close()
        return fixture
    }

    @Test func aSoundRecordPasses() async throws {
        let fixture = try await Self.record()
        var findings: [AuditFinding] = []
        let report = try AuditVerification.run(AuditReader(path: fixture.path)) { findings.append($0) }
        #expect(findings.isEmpty)
        #expect(report.isSound)
        #expect((report.rows, report.bodies, report.withheld, report.lastIndex) == (3, 3, 1, 3))
    }

    struct Tampering: Sendable, CustomTestStringConvertible {
        var sql: String
        var index: Int64
        var problem: String
        var testDescription: String { self.problem }
    }

    static let tamperings: [Tampering] =
        [
            ("event", "event"), ("time", "time"), ("requestID", "requestID"), ("principal", "principal.id"),
            ("operation", "operation"), ("subscription", "target.subscription"),
            ("resourceGroup", "target.resourceGroup"), ("runCommand", "target.runCommand"),
            ("effect", "decision.effect"), ("rule", "decision.rule"), ("scriptSHA256", "command.scriptSHA256"),
            ("outcome", "outcome.status"), ("machine", "target"),
        ].map { column, member in
            Tampering(
                sql: "UPDATE record SET \(column) = '2027-01-15T08:00:02.001Z' WHERE \"index\" = 2", index: 2,
                problem: "column \(column) does not agree with \(member)")
        } + [
            Tampering(
                sql: "UPDATE record SET machine = NULL WHERE \"index\" = 2", index: 2,
                problem: "column machine does not agree with target"),
            Tampering(
                sql: "UPDATE record SET sha256 = zeroblob(32) WHERE \"index\" = 3", index: 3,
                problem: "sha256 is not that of the canonical bytes"),
            Tampering(
                sql:
                    "UPDATE record SET canonical = replace(canonical, 'allow', 'alloW'), effect = 'alloW' WHERE \"index\" = 3",
                index: 3, problem: "sha256 is not that of the canonical bytes"),
            Tampering(
                sql: "DELETE FROM body WHERE \"index\" = 2; DELETE FROM record WHERE \"index\" = 2", index: 3,
                problem: "row 2 before it is missing"),
            Tampering(
                sql: "DELETE FROM body WHERE \"index\" < 3; DELETE FROM record WHERE \"index\" < 3", index: 3,
                problem: "rows 1 to 2 before it are missing"),
            Tampering(
                sql: "UPDATE body SET text = CAST('df -H' AS BLOB) WHERE \"index\" = 1", index: 1,
                problem: "the body of /command/script does not fit its commitment"),
            Tampering(
                sql: "UPDATE body SET salt = zeroblob(16) WHERE \"index\" = 1", index: 1,
                problem: "the body of /command/script does not fit its commitment"),
            Tampering(
                sql: "DELETE FROM body WHERE \"index\" = 1", index: 1, problem: "the body of /command/script is missing"
            ),
            Tampering(
                sql: "INSERT INTO body VALUES (1, '/decision', zeroblob(16), NULL)", index: 1,
                problem: "a body stands for /decision, where there is no commitment"),
            Tampering(
                sql: "INSERT INTO body VALUES (9, '/decision', zeroblob(16), NULL)", index: 9,
                problem: "there is a body, but no row"),
        ]

    @Test(arguments: tamperings) func tamperingIsFound(_ tampering: Tampering) async throws {
        let fixture = try await Self.record()
        try fixture.raw { db in
            try db.execute(sql: "PRAGMA foreign_keys = OFF; PRAGMA journal_mode = DELETE")
            try Self.withoutTriggers(db) { try db.execute(sql: tampering.sql) }
        }
        #expect(try fixture.findings() == [AuditFinding(index: tampering.index, problem: tampering.problem)])
    }

    @Test(arguments: [
        (#"{"event":"decision", "time":"2027-01-15T08:00:04.000Z"}"#, "the canonical bytes are not in canonical form"),
        (#"{"time":"2027-01-15T08:00:04.000Z","event":"decision"}"#, "the canonical bytes are not in canonical form"),
        (
            #"{"event":"decision","n":1.0,"time":"2027-01-15T08:00:04.000Z"}"#,
            "the canonical bytes are not in canonical form"
        ),
        (#"{"event":"decision","event":"decision","time":"x"}"#, "the canonical bytes cannot be read: "),
        ("not JSON", "the canonical bytes cannot be read: "),
    ])
    func bytesThatWereNeverCanonical(text: String, problem: String) async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        _ = try await log.append(
            AuditEntry(
                event: .decision, timeMilliseconds: 1_800_000_004_000, canonical: Array(text.utf8),
                columns: AuditColumns(), bodies: []), change: nil)
        await log.close()
        let findings = try fixture.findings()
        #expect(findings.count == 1)
        #expect(findings.first?.problem.hasPrefix(problem) == true, "\(findings)")
    }

    @Test func aForgedIndexAtTheEndOfTheNumbersIsFound() async throws {
        let fixture = try await Self.record()
        try fixture.raw { db in
            try Self.withoutTriggers(db) {
                try db.execute(
                    sql:
                        "PRAGMA foreign_keys = OFF; UPDATE body SET \"index\" = \(Int64.max) WHERE \"index\" = 3; UPDATE record SET \"index\" = \(Int64.max) WHERE \"index\" = 3"
                )
            }
        }
        #expect(try fixture.findings().map(\.index) == [Int64.max])
        for newestFirst in [false, true] {
            var filter = AuditFilter()
            filter.newestFirst = newestFirst
            var count = 0
            try AuditReader(path: fixture.path).list(filter) { _ in count += 1 }
            #expect(count == 3)
        }
    }

    @Test func aDamagedFileIsAFinding() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        for number in 1...40 { _ = try await log.append(StoreFixture.plain(number, padding: 3000), change: nil) }
        await log.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: fixture.path))
        let pages = try file.seekToEnd() / 4096
        for page in (pages - 20)..<pages {
            try file.seek(toOffset: page * 4096)
            try file.write(contentsOf: Data(repeating: 0xA5, count: 4096))
        }
        try file.close()
        #expect(try fixture.findings().contains { $0.index == nil && $0.problem.hasPrefix("the file is damaged") })
    }

    /// Drops the triggers, does what they would refuse, and puts them back, as somebody who covers traces would.
    static func withoutTriggers(_ db: Database, _ body: () throws -> Void) throws {
        let triggers = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        for trigger in triggers { try db.execute(sql: "DROP TRIGGER \(trigger["name"] as String)") }
        try body()
        for trigger in triggers { try db.execute(sql: trigger["sql"]) }
    }
}
