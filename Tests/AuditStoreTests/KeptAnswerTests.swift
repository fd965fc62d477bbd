import AuditModel
import Foundation
import GRDB
import GatewayEnforcement
import Testing

@testable import AuditStore

@Suite struct KeptAnswerTests {
    private static let start: Int64 = 1_800_000_000_000

    /// With every field set and not set, and bodies from nothing to the most.
    private static var operations: [StoredOperation] {
        var operations = [StoreFixture.operation("least"), StoreFixture.told("told")]
        var empty = StoreFixture.told("empty", created: Self.start + 1)
        empty.answer = KeptAnswer(status: 202, retryAfter: nil, body: [])
        var most = StoreFixture.told("most", created: Self.start + 2)
        most.answer = KeptAnswer(
            status: 200, body: (0..<KeptAnswer.mostBodyBytes).map { UInt8(truncatingIfNeeded: $0) })
        var tooLong = StoreFixture.told("too long", created: Self.start + 3)
        tooLong.answer = KeptAnswer(status: 201, body: Array(repeating: 1, count: KeptAnswer.mostBodyBytes + 1))
        var unknown = StoreFixture.told("unknown", created: Self.start + 4)
        unknown.isUnknown = true
        unknown.wasUndelivered = true
        unknown.wasServed = true
        unknown.clientRequestID = ""
        unknown.answer?.status = 409
        var ended = StoreFixture.told("ended", created: Self.start + 5)
        ended.endedMilliseconds = Self.start + 5
        operations += [empty, most, tooLong, unknown, ended]
        return operations
    }

    @Test func everythingIsReadBackAfterARestart() async throws {
        let fixture = try StoreFixture()
        let first = try fixture.log()
        for operation in Self.operations {
            _ = try await first.append(StoreFixture.plain(), change: .begin(operation))
            #expect(try await first.operation(id: operation.id) == operation)
        }
        await first.close()
        let second = try fixture.log()
        #expect(second.statistics.openOperations == 5, "an unknown one is not open")
        for operation in Self.operations {
            #expect(try await second.operation(id: operation.id) == operation)
        }
        let short = Self.operations.map { operation in
            var operation = operation
            (operation.statusLink, operation.resultLink) = (nil, nil)
            operation.answer?.body = []
            return operation
        }
        #expect(try await second.operations(sinceMilliseconds: Self.start) == short)
        #expect(try await second.operation(id: "too long")?.answer?.bodyIsKept == false)
        await second.close()
        #expect(try fixture.findings().isEmpty)
    }

    @Test func onlyWhatIsRecentIsListed() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        for (id, created, ended) in [
            ("old and ended", -10, -9), ("old and open", -10, nil), ("old, ended lately", -10, 5), ("new", 0, nil),
            ("new and ended", 1, 3), ("ended at once", 2, 2),
        ] as [(String, Int64, Int64?)] {
            var operation = StoreFixture.operation(id, created: Self.start + created)
            operation.endedMilliseconds = ended.map { Self.start + $0 }
            _ = try await log.append(StoreFixture.plain(), change: .begin(operation))
        }
        #expect(
            try await log.operations(sinceMilliseconds: Self.start).map(\.id)
                == ["new", "new and ended", "ended at once"])
        try await log.perform { db in
            let plan = try Row.fetchAll(
                db, sql: "EXPLAIN QUERY PLAN " + OperationRow.recentQuery, arguments: [1, 1])
            #expect(!plan.contains { ($0["detail"] as String).hasPrefix("SCAN") })
        }
        await log.close()
        await #expect(throws: AuditLogError.closed) { try await log.operations(sinceMilliseconds: 0) }
        await #expect(throws: AuditLogError.closed) { try await log.unansweredCommands(sinceMilliseconds: 0) }
    }

    @Test(arguments: [
        "", "ab", String(repeating: "A", count: 64), String(repeating: "a", count: 63),
        String(repeating: "g", count: 64),
    ])
    func aDigestThatIsNoneIsRefused(digest: String) async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        var operation = StoreFixture.operation()
        operation.requestDigest = digest
        await #expect(throws: AuditLogError.self) {
            try await log.append(StoreFixture.plain(), change: .begin(operation))
        }
        #expect(log.isWritable)
        #expect(try await log.append(StoreFixture.plain(), change: nil).value == 1)
        await log.close()
    }

    @Test func anAnswerGoesWhenItsTimeIsOver() async throws {
        let fixture = try StoreFixture()
        let clock = SettableClock()
        let log = try fixture.log(clock: clock)
        for id in ["with a body", "without"] {
            var operation = StoreFixture.told(id, created: clock.now)
            if id == "without" { operation.answer?.body = [] }
            _ = try await log.append(StoreFixture.plain(), change: .begin(operation))
        }
        clock.advance(milliseconds: 600_000)
        try await log.eraseOldAnswers()
        for id in ["with a body", "without"] { #expect(try await log.operation(id: id)?.answer != nil) }
        clock.advance(milliseconds: 1)
        // Nobody gets it any more, whether it was erased already or not.
        #expect(try await log.operations(sinceMilliseconds: 0).allSatisfy { $0.answer == nil })
        try await log.eraseOldAnswers()
        for id in ["with a body", "without"] {
            let found = try #require(try await log.operation(id: id))
            #expect(found.answer == nil)
            #expect(found.requestDigest != nil && found.clientRequestID != nil && found.endedMilliseconds == nil)
        }
        await log.close()
        let left = """
            SELECT count(answerBody) + count(answerStatus) + count(answerRetryAfter) + count(answerBodyIsKept)
            FROM operation
            """
        #expect(try fixture.raw { try Int.fetchOne($0, sql: left) } == 0)
        #expect(try fixture.findings().isEmpty)
    }

    /// The writer does it by itself, as soon as it looks up after the time.
    @Test func theWriterErasesByItself() async throws {
        let fixture = try StoreFixture()
        let clock = SettableClock()
        let log = try fixture.log(clock: clock) { $0.keepAnswerSeconds = 60 }
        for number in 0..<200 {
            // Nearly all answers of 202 are without a body.
            let operation = StoreFixture.told("op-\(number)", created: clock.now, body: number < 10 ? "{}" : "")
            _ = try await log.append(StoreFixture.plain(), change: .begin(operation))
        }
        clock.advance(milliseconds: 60_001)
        while try fixture.raw({ try Int.fetchOne($0, sql: "SELECT count(answerStatus) FROM operation") }) != 0 {
            _ = try await log.append(StoreFixture.plain(), change: nil)
        }
        await log.close()
    }

    @Test func aStartErasesWhatIsOver() async throws {
        let fixture = try StoreFixture()
        let clock = SettableClock()
        let first = try fixture.log(clock: clock)
        _ = try await first.append(StoreFixture.plain(), change: .begin(StoreFixture.told(created: clock.now)))
        await first.close()
        clock.advance(milliseconds: 3_600_000)
        let second = try fixture.log(clock: clock)
        #expect(try await second.operation(id: "op-1")?.answer == nil)
        while try fixture.raw({ try Int.fetchOne($0, sql: "SELECT count(answerBody) FROM operation") }) != 0 {
            await Task.yield()
        }
        await second.close()
    }

    @Test func aHoldEndsWhenItsTimeIsOver() async throws {
        let fixture = try StoreFixture()
        let clock = SettableClock()
        let log = try fixture.log(clock: clock)
        for id in ["held", "told", "running"] {
            var operation = StoreFixture.told(id, created: clock.now)
            operation.isUnknown = id != "running"
            _ = try await log.append(StoreFixture.plain(), change: .begin(operation))
        }
        // An outcome ends a hold as it ends an operation.
        _ = try await log.append(StoreFixture.plain(), change: .end(id: "told", atMilliseconds: clock.now))
        clock.advance(milliseconds: 1_800_000)
        try await log.eraseOldAnswers()
        #expect(try await log.operation(id: "held")?.endedMilliseconds == nil)
        #expect(log.statistics.openOperations == 1)
        clock.advance(milliseconds: 1)
        try await log.eraseOldAnswers()
        #expect(try await log.operation(id: "held")?.endedMilliseconds == clock.now)
        #expect(try await log.operation(id: "told")?.endedMilliseconds == 1_800_000_000_000)
        #expect(try await log.operation(id: "running")?.endedMilliseconds == nil)
        #expect(log.statistics.openOperations == 1)
        await #expect(throws: AuditLogError.alreadyEnded) {
            try await log.append(StoreFixture.plain(), change: .end(id: "held", atMilliseconds: clock.now))
        }
        await log.close()
        let next = try fixture.log(clock: clock)
        #expect(try await next.operation(id: "held")?.endedMilliseconds == clock.now)
        await next.close()
    }

    @Test func aMarkSurvivesAReopening() async throws {
        let fixture = try StoreFixture()
        let first = try fixture.log()
        for id in ["a", "b", "c"] {
            _ = try await first.append(StoreFixture.plain(), change: .begin(StoreFixture.told(id)))
        }
        for id in ["a", "b", "b", "never begun"] { first.markUndelivered(id: id) }
        for id in ["b", "b", "c", "never begun"] { first.markServed(id: id) }
        // Jobs are done in order.
        try await first.purgeEndedOperations()
        #expect(try await first.operation(id: "a")?.wasUndelivered == true)
        await first.close()
        first.markUndelivered(id: "c")
        first.markServed(id: "a")
        let second = try fixture.log()
        #expect(try await second.operation(id: "a")?.wasUndelivered == true)
        #expect(try await second.operation(id: "b")?.wasUndelivered == true)
        #expect(try await second.operation(id: "c")?.wasUndelivered == false)
        for (id, wasServed) in [("a", false), ("b", true), ("c", true)] {
            #expect(try await second.operation(id: id)?.wasServed == wasServed)
        }
        #expect(try await second.operations(sinceMilliseconds: 0).filter(\.wasServed).map(\.id).sorted() == ["b", "c"])
        #expect(
            try await second.operations(sinceMilliseconds: 0).filter(\.wasUndelivered).map(\.id).sorted() == ["a", "b"])
        await second.close()
    }

    /// The row was late: its caller was answered, and lost, before the operation was written.
    @Test func aMarkMayComeBeforeItsOperation() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        log.markUndelivered(id: "op-1")
        log.markServed(id: "op-1")
        try await log.purgeEndedOperations()
        _ = try await log.append(StoreFixture.plain(), change: .begin(StoreFixture.told()))
        try await log.purgeEndedOperations()
        #expect(try await log.operation(id: "op-1")?.wasUndelivered == true)
        await log.close()
        #expect(try fixture.raw { try Int.fetchOne($0, sql: "SELECT sum(undelivered + served) FROM operation") } == 2)
    }

    @Test(arguments: ["undelivered", "served"]) func aMarkStays(column: String) async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        _ = try await log.append(StoreFixture.plain(), change: .begin(StoreFixture.told()))
        await log.close()
        try fixture.raw { db in
            try db.execute(sql: "UPDATE operation SET \(column) = 1")
            for value in ["0", "NULL", "2"] {
                #expect(throws: DatabaseError.self) { try db.execute(sql: "UPDATE operation SET \(column) = \(value)") }
            }
        }
    }

    /// An unknown outcome that becomes known is no operation that ends.
    @Test func anUnknownOneIsNotOpen() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        for id in ["a", "b", "c"] {
            var operation = StoreFixture.told(id)
            operation.isUnknown = id != "c"
            _ = try await log.append(StoreFixture.plain(), change: .begin(operation))
        }
        #expect(log.statistics.openOperations == 1)
        _ = try await log.append(StoreFixture.plain(), change: .end(id: "a", atMilliseconds: Self.start))
        await #expect(throws: AuditLogError.alreadyEnded) {
            try await log.append(StoreFixture.plain(), change: .end(id: "a", atMilliseconds: Self.start))
        }
        #expect(log.statistics.openOperations == 1)
        _ = try await log.append(StoreFixture.plain(), change: .end(id: "c", atMilliseconds: Self.start))
        #expect(log.statistics.openOperations == 0)
        await log.close()
        let second = try fixture.log()
        #expect(second.statistics.openOperations == 0)
        await second.close()
    }

    @Test func aCacheOfAnswersIsBounded() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log { $0.operationCacheBytes = 40_000 }
        let body = String(repeating: "x", count: KeptAnswer.mostBodyBytes)
        for number in 0..<20 {
            let operation = StoreFixture.told("op-\(number)", body: body)
            _ = try await log.append(StoreFixture.plain(), change: .begin(operation))
        }
        for number in [0, 10, 19] {
            #expect(try await log.operation(id: "op-\(number)")?.answer?.body.count == KeptAnswer.mostBodyBytes)
        }
        await log.close()
    }
}
