import AuditModel
import Foundation
import GRDB
import GatewayEnforcement
import Testing

@testable import AuditStore

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

    /// Nobody polled it to its end.
    @Test func anOpenOperationIsKeptThirtyDaysAfterItsBeginning() async throws {
        let fixture = try StoreFixture()
        let clock = SettableClock()
        let log = try fixture.log(clock: clock)
        for number in 0..<450 {
            let operation = StoreFixture.operation("op-\(number)", created: clock.now + (number == 0 ? 1 : 0))
            _ = try await log.append(StoreFixture.plain(), change: .begin(operation))
        }
        clock.advance(milliseconds: 30 * 86_400_000)
        try await log.purgeEndedOperations()
        #expect(try await log.operation(id: "op-1") == StoreFixture.operation("op-1", created: 1_800_000_000_000))
        clock.advance(milliseconds: 1)
        try await log.purgeEndedOperations()
        // As if it had never been: what an unknown link gets.
        #expect(try await log.operation(id: "op-1") == nil)
        #expect(try await log.operation(id: "op-0") != nil)
        #expect(log.statistics.openOperations == 1)
        #expect(try fixture.raw { try Int.fetchOne($0, sql: "SELECT count(*) FROM operation") } == 1)
        await #expect(throws: AuditLogError.alreadyEnded) {
            try await log.append(StoreFixture.plain(), change: .end(id: "op-1", atMilliseconds: clock.now))
        }
        await log.close()
    }

    /// With little traffic the cache never fills, and what was purged must not stay in its order.
    @Test func theCacheForgetsIdsOfWhatWasPurged() {
        let cache = OperationCache(maximumBytes: 1 << 20)
        for day in 0..<100 {
            for number in 0..<10 {
                var operation = StoreFixture.operation("\(day)-\(number)", created: Int64(day))
                operation.endedMilliseconds = number < 5 ? Int64(day) : nil
                cache.apply(.begin(operation))
            }
            cache.purge(endedBefore: Int64(day) - 1, openBegunBefore: Int64(day) - 2)
        }
        #expect(cache.remembered == 2 * 5 + 3 * 5)
        #expect(cache.find("99-9").operation != nil && cache.find("96-9").operation == nil)
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
