import AuditModel
import AuditStore
import Foundation
import GRDB
import GatewayEnforcement
import Testing

@Suite struct OperationTests {
    @Test func anOperationSurvivesARestart() async throws {
        let fixture = try StoreFixture()
        let operation = StoreFixture.operation()
        let first = try fixture.log()
        _ = try await first.append(StoreFixture.entry(), change: .begin(operation))
        #expect(try await first.operation(id: "op-1") == operation)
        #expect(first.statistics.openOperations == 1)
        await first.close()

        let second = try fixture.log()
        #expect(second.statistics.openOperations == 1)
        for _ in 0..<2 { #expect(try await second.operation(id: "op-1") == operation) }
        #expect(try await second.operation(id: "op-2") == nil)
        _ = try await second.append(StoreFixture.plain(2), change: .end(id: "op-1", atMilliseconds: 1_800_000_000_077))
        #expect(try await second.operation(id: "op-1")?.endedMilliseconds == 1_800_000_000_077)
        #expect(second.statistics.openOperations == 0)
        await second.close()
    }

    @Test func anOutcomeIsRecordedOnce() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        _ = try await log.append(StoreFixture.entry(), change: .begin(StoreFixture.operation()))
        let release = try await log.hold()
        let answers = await withTaskGroup(of: Result<AuditIndex, AuditLogError>.self) { group in
            for number in 1...20 {
                group.addTask {
                    do throws(AuditLogError) {
                        return .success(
                            try await log.append(
                                StoreFixture.plain(number, event: .outcome),
                                change: .end(id: "op-1", atMilliseconds: Int64(number))))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            await log.waiting(20)
            release()
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0 == .success(AuditIndex(durable: 2)) } == 1)
        #expect(answers.count { $0 == .failure(.alreadyEnded) } == 19)
        await #expect(throws: AuditLogError.alreadyEnded) {
            try await log.append(StoreFixture.plain(), change: .end(id: "never-begun", atMilliseconds: 1))
        }
        #expect(log.isWritable)
        await log.close()
        #expect(try AuditReader(path: fixture.path).lastIndex() == 2)
    }

    @Test func theSameOperationBeginsOnce() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        _ = try await log.append(StoreFixture.entry(1), change: .begin(StoreFixture.operation()))
        await #expect(throws: AuditLogError.self) {
            try await log.append(StoreFixture.entry(2), change: .begin(StoreFixture.operation()))
        }
        #expect(log.isWritable)
        #expect(try await log.append(StoreFixture.entry(3), change: nil).value == 2)
        await log.close()
    }

    @Test func operationsAreKeptSevenDaysAfterTheirEnd() async throws {
        let fixture = try StoreFixture()
        let clock = SettableClock()
        let log = try fixture.log(clock: clock)
        for id in ["ended", "open"] {
            _ = try await log.append(StoreFixture.plain(), change: .begin(StoreFixture.operation(id)))
        }
        _ = try await log.append(StoreFixture.plain(), change: .end(id: "ended", atMilliseconds: clock.now))
        clock.advance(milliseconds: 7 * 86_400_000)
        try await log.purgeEndedOperations()
        #expect(try await log.operation(id: "ended") != nil)
        clock.advance(milliseconds: 1)
        try await log.purgeEndedOperations()
        #expect(try await log.operation(id: "ended") == nil)
        #expect(try await log.operation(id: "open") != nil)
        await log.close()
    }

    @Test func theWriterPurgesByItself() async throws {
        let fixture = try StoreFixture()
        let clock = SettableClock()
        let first = try fixture.log(clock: clock)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in (0..<450).map({ "op-\($0)" }) {
                group.addTask {
                    _ = try await first.append(StoreFixture.plain(), change: .begin(StoreFixture.operation(id)))
                    _ = try await first.append(StoreFixture.plain(), change: .end(id: id, atMilliseconds: clock.now))
                }
            }
            try await group.waitForAll()
        }
        await first.close()
        clock.advance(milliseconds: 8 * 86_400_000)
        let second = try fixture.log(clock: clock)
        while try fixture.raw({ try Int.fetchOne($0, sql: "SELECT count(*) FROM operation") }) != 0 {
            await Task.yield()
        }
        await second.close()
    }

    @Test func aSmallCacheForgetsTheOldest() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log { $0.operationCacheBytes = 2000 }
        for number in 0..<1200 {
            _ = try await log.append(StoreFixture.plain(), change: .begin(StoreFixture.operation("op-\(number)")))
        }
        for number in [0, 600, 1199] {
            #expect(try await log.operation(id: "op-\(number)")?.id == "op-\(number)")
        }
        await log.close()
    }
}
