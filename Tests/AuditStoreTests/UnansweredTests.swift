import ARMModel
import AuditModel
import Foundation
import GRDB
import GatewayEnforcement
import Testing

@testable import AuditStore

/// What a start finds after the gateway died between a decision and what came of it.
@Suite struct UnansweredTests {
    private static let start: Int64 = 1_800_000_000_000
    private static let digest = String(repeating: "ab", count: 32)

    private struct Shape {
        var event = "decision"
        var effect: String? = "allow"
        var operation = "run"
        var members = ""
        var machine: (StaticString, String)? = ("virtualMachine", "Web-1")
        var principal = #""id":"alice","issuer":"https://sts/","kind":"user","tenant":"t""#
        var digest: String? = UnansweredTests.digest
    }

    /// A row like the real ones, about one request.
    private static func row(_ number: Int, at offset: Int64, _ change: (inout Shape) -> Void = { _ in }) -> AuditEntry {
        var shape = Shape()
        change(&shape)
        let id = "request-\(number)"
        let time = Self.start + offset
        let isDecision = shape.event == "decision"
        var members: [(String, String)] = [
            ("correlationID", #""c-\#(number)""#), ("event", #""\#(shape.event)""#),
            ("operation", #""\#(shape.operation)""#), ("requestID", #""\#(id)""#),
            ("target", #"{"resourceGroup":"rg","subscription":"s","virtualMachine":"Web-1"}"#),
            ("time", #""\#(Timestamp.text(milliseconds: time))""#),
        ]
        if isDecision {
            members += [
                ("apiVersion", #""2025-04-01""#), ("family", #""standard""#), ("principal", "{\(shape.principal)}"),
                ("clientRequestID", #""r-\#(number)""#), ("decision", #"{"effect":"\#(shape.effect ?? "")"}"#),
            ]
            if let digest = shape.digest { members.append(("requestDigest", #""\#(digest)""#)) }
        }
        var text = members.sorted { $0.0 < $1.0 }.map { #""\#($0.0)":\#($0.1)"# }.joined(separator: ",")
        text += shape.members
        return AuditEntry(
            event: AuditEvent(rawValue: shape.event) ?? .decision, timeMilliseconds: time,
            canonical: Array("{\(text)}".utf8),
            columns: AuditColumns(
                requestID: id, principal: isDecision ? "alice" : nil, operation: shape.operation, subscription: "s",
                resourceGroup: "rg", machine: "Web-1", effect: isDecision ? shape.effect : nil),
            bodies: [])
    }

    private static func say(_ number: Int, at offset: Int64, _ event: String) -> AuditEntry {
        Self.row(number, at: offset) { $0.event = event }
    }

    private func log(_ fixture: StoreFixture, _ rows: [AuditEntry]) async throws -> SQLiteAuditLog {
        // As after a kill: what was appended is there, and nothing was closed properly.
        let log = try fixture.log()
        for row in rows { _ = try await log.append(row, change: nil) }
        return log
    }

    @Test func onlyWhatNobodyAnsweredIsFound() async throws {
        let fixture = try StoreFixture()
        let log = try await self.log(
            fixture,
            [
                Self.row(1, at: -1), StoreFixture.plain(), Self.row(2, at: 0), Self.say(2, at: 1, "response"),
                Self.row(3, at: 2),
                Self.row(4, at: 3) { $0.effect = "deny" }, Self.row(5, at: 4) { $0.operation = "delete" },
                Self.row(6, at: 5) { $0.operation = "read" }, Self.row(7, at: 6) { $0.members = #","repeatOf":"x""# },
                Self.row(8, at: 7) { $0.event = "lookup" }, Self.row(9, at: 8) { $0.operation = "create" },
                Self.row(10, at: 9) { $0.operation = "update" }, Self.say(10, at: 10, "outcome"),
                Self.row(11, at: 11) { $0.digest = nil }, Self.say(12, at: 12, "response"),
                StoreFixture.plain(event: .authenticationFailed), Self.row(13, at: 13),
                Self.say(13, at: 14, "response"),
                Self.say(13, at: 15, "outcome"),
            ])
        let found = try await log.unansweredCommands(sinceMilliseconds: Self.start)
        #expect(found.map(\.requestID) == ["request-3", "request-9"])
        #expect(try await log.unansweredCommands(sinceMilliseconds: Self.start - 1).map(\.decisionIndex) == [1, 5, 11])
        // Nobody has looked since, however late it is now.
        let late = try await log.unansweredCommands(sinceMilliseconds: Self.start + 9_000_000)
        #expect(late == found)
        await log.close()
    }

    @Test func everythingIsReadFromTheRow() async throws {
        let fixture = try StoreFixture()
        let log = try await self.log(
            fixture,
            [Self.row(1, at: 5), Self.row(2, at: 6) { $0.principal = #""id":"spiffe://a","kind":"certificate""# }])
        let found = try await log.unansweredCommands(sinceMilliseconds: Self.start)
        #expect(
            found.first
                == UnansweredCommand(
                    requestID: "request-1", correlationID: "c-1", clientRequestID: "r-1",
                    owner: OperationOwner(issuer: "https://sts/", tenant: "t", kind: "user", id: "alice"),
                    operation: .run,
                    target: ResourceTarget(
                        subscription: "s", resourceGroup: "rg", machine: .virtualMachine("Web-1")),
                    family: .standard, apiVersion: "2025-04-01", requestDigest: Self.digest, decisionIndex: 1,
                    decidedMilliseconds: Self.start + 5))
        #expect(found.last?.owner == OperationOwner(issuer: "", tenant: "", kind: "certificate", id: "spiffe://a"))
        await log.close()
    }

    /// The clock may have gone back a little between two rows.
    @Test func timesNeedNotGrow() async throws {
        let fixture = try StoreFixture()
        let log = try await self.log(
            fixture,
            [
                Self.row(1, at: 0), Self.row(2, at: -59_000), Self.row(3, at: 1),
                Self.say(4, at: -60_001, "response"), StoreFixture.plain(),
                StoreFixture.plain(event: .authenticationFailed),
            ])
        #expect(try await log.unansweredCommands(sinceMilliseconds: Self.start).isEmpty, "the last is too old")
        _ = try await log.append(Self.row(5, at: 2), change: nil)
        #expect(try await log.unansweredCommands(sinceMilliseconds: Self.start).map(\.decisionIndex) == [7])
        await log.close()
        let other = try StoreFixture()
        let near = try await self.log(
            other,
            [
                Self.row(1, at: 0), Self.row(2, at: -59_000), Self.row(3, at: 1), StoreFixture.plain(),
                StoreFixture.plain(event: .authenticationFailed),
            ])
        #expect(try await near.unansweredCommands(sinceMilliseconds: Self.start).map(\.decisionIndex) == [1, 3])
        await near.close()
    }

    @Test func aRowThatCannotBeReadIsNotOverlooked() async throws {
        let fixture = try StoreFixture()
        let log = try await self.log(fixture, [Self.row(1, at: 0) { $0.members = "," }])
        let error = await #expect(throws: AuditLogError.self) {
            try await log.unansweredCommands(sinceMilliseconds: Self.start)
        }
        #expect(String(describing: error).contains("row 1 of the record"))
        // One whose hold is over must not keep every later start from serving.
        #expect(try await log.unansweredCommands(sinceMilliseconds: Self.start + 1).isEmpty)
        await log.close()
    }

    private static let day: Int64 = 86_400_000

    /// A gateway that was down for longer than any hold still finds what was on its way when it died.
    @Test func aCrashIsLookedThroughToTheStartBefore() async throws {
        let fixture = try StoreFixture()
        func own(_ event: AuditEvent, at offset: Int64) -> AuditEntry {
            StoreFixture.plain(Int(offset / 1000), event: event)
        }
        let day = Self.day
        let log = try await self.log(
            fixture,
            [
                // Of a process whose successor has looked.
                own(.started, at: -9 * day), Self.row(1, at: -9 * day),
                own(.started, at: -5 * day), own(.policyLoaded, at: -5 * day), Self.say(1, at: -5 * day, "response"),
                Self.row(2, at: -5 * day), Self.row(3, at: -4 * day), Self.say(3, at: -4 * day, "response"),
                Self.row(4, at: -3 * day), Self.say(2, at: -3 * day, "outcome"), Self.say(2, at: -3 * day, "response"),
                // Died while it looked.
                own(.started, at: -2 * day), own(.policyLoaded, at: -2 * day),
                own(.started, at: 0), own(.policyLoaded, at: 0),
            ])
        let found = try await log.unansweredCommands(sinceMilliseconds: Self.start - 1_800_000)
        #expect(found.map(\.requestID) == ["request-4"])
        #expect(found.map(\.decidedMilliseconds) == [Self.start - 3 * day])
        await log.close()
    }

    /// After an orderly stop not the whole life of the process is read, only what it may have left running.
    @Test func anOrderlyStopIsLookedThroughAsFarAsWasAsked() async throws {
        let fixture = try StoreFixture()
        let stop = -5 * Self.day
        let log = try await self.log(
            fixture,
            [
                StoreFixture.plain(Int(stop / 1000) - 90_000), Self.row(1, at: stop - 4_000_000),
                Self.row(2, at: stop - 3_600_001), Self.row(3, at: stop - 3_600_000), Self.row(4, at: stop - 10),
                Self.say(4, at: stop - 9, "response"), Self.row(5, at: stop - 8),
                StoreFixture.plain(Int(stop / 1000), event: .stopped), StoreFixture.plain(0),
            ])
        let found = try await log.unansweredCommands(sinceMilliseconds: Self.start - 3_600_000)
        #expect(found.map(\.requestID) == ["request-3", "request-5"])
        await log.close()
    }

    @Test func aRecordOfNoProcessThatServedHoldsNothing() async throws {
        let fixture = try StoreFixture()
        let log = try await self.log(fixture, [StoreFixture.plain(), StoreFixture.plain(event: .policyLoaded)])
        #expect(try await log.unansweredCommands(sinceMilliseconds: .min).isEmpty)
        await log.close()
    }

    /// It stops where a start has looked, and reads the canonical bytes of no other than candidates.
    @Test func aLongRecordIsNotReadToItsBeginning() async throws {
        let fixture = try StoreFixture()
        try await fixture.log().close()
        try fixture.raw { db in
            try db.execute(
                sql: """
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
                    INSERT INTO record ("index", event, time, requestID, operation, effect, sha256, canonical)
                    SELECT i, iif(i = 99990, 'started', 'decision'), CASE WHEN i > 99990 THEN '2027-01-15T08:00:02.000Z'
                        ELSE '2026-01-15T08:00:02.000Z' END, 'r' || i, 'run', 'allow', zeroblob(32), 'not read' FROM n
                    """)
        }
        let log = try fixture.log()
        for number in 99_991...100_000 {
            _ = try await log.append(Self.row(number, at: 3000) { $0.event = "response" }, change: nil)
        }
        // Rows are named r…, their answers request-…, so that those ten are unanswered and unreadable.
        await #expect(throws: AuditLogError.self) {
            try await log.unansweredCommands(sinceMilliseconds: Self.start)
        }
        let clock = ContinuousClock()
        var found: [UnansweredCommand] = []
        let elapsed = try await clock.measure {
            found = try await log.unansweredCommands(sinceMilliseconds: Self.start + 120_000)
        }
        #expect(found.isEmpty && elapsed < .seconds(1))
        await log.close()
    }
}
