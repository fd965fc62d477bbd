import AuditModel
import Foundation
import GRDB
import GatewayEnforcement
import Logging
import Synchronization
import Testing

@testable import AuditStore

@Suite struct AppendTests {
    @Test func indexesHaveNoGapsAndGoOnAfterARestart() async throws {
        let fixture = try StoreFixture()
        for start in [1, 4] {
            let log = try fixture.log()
            for number in start..<start + 3 {
                #expect(try await log.append(StoreFixture.entry(number), change: nil).value == Int64(number))
            }
            #expect(log.statistics.lastIndex == Int64(start + 2))
            await log.close()
        }
        #expect(try fixture.findings().isEmpty)
        // After closing, the file alone is the record.
        #expect(!FileManager.default.fileExists(atPath: fixture.path + "-wal"))
    }

    @Test func whoeverWaitsSharesOneTransaction() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        let release = try await log.hold()
        let indexes = try await withThrowingTaskGroup(of: Int64.self) { group in
            for number in 1...100 {
                group.addTask { try await log.append(StoreFixture.entry(number), change: nil).value }
            }
            await log.waiting(100)
            release()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(indexes.sorted() == Array(1...100))
        #expect(log.statistics.commits == 1)
        #expect(log.statistics.rows == 100)
        #expect(log.statistics.waitingRows == 0)
        #expect(log.statistics.waitingBytes == 0)
        #expect(log.statistics.lastCommitNanoseconds > 0)
        await log.close()
        #expect(try fixture.findings().isEmpty)
    }

    @Test func aCallerWhoLeavesDoesNotStopItsRow() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        let release = try await log.hold()
        let task = Task { try await log.append(StoreFixture.entry(), change: nil) }
        await log.waiting(1)
        task.cancel()
        release()
        #expect(try await task.value.value == 1)
        await log.close()
        #expect(try AuditReader(path: fixture.path).row(1) != nil)
    }

    @Test func aBadRowFallsAlone() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        let twice = AuditBody(pointer: "/command/script", salt: Array(repeating: 0, count: 16), text: nil)
        let release = try await log.hold()
        let first = Task { try await log.append(StoreFixture.entry(1), change: nil) }
        await log.waiting(1)
        let bad = Task {
            try await log.append(
                StoreFixture.entry(2, extraBodies: [twice]), change: .begin(StoreFixture.operation("of-the-bad-row")))
        }
        await log.waiting(2)
        let last = Task { try await log.append(StoreFixture.entry(3), change: nil) }
        await log.waiting(3)
        release()
        #expect(try await first.value.value == 1)
        await #expect(throws: AuditLogError.self) { try await bad.value }
        #expect(try await last.value.value == 2)
        #expect(try await log.operation(id: "of-the-bad-row") == nil)
        #expect(log.isWritable)
        await log.close()
        #expect(try fixture.findings().isEmpty)
    }

    @Test func aFailedTransactionFailsEveryRowInItAndTheRecordRecovers() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log { $0.probeSeconds = 3600 }
        _ = try await log.append(StoreFixture.entry(1), change: .begin(StoreFixture.operation()))
        try await log.perform { try $0.execute(sql: "PRAGMA query_only = 1") }
        let release = try await log.hold()
        let tasks = (0..<4).map { number in
            Task {
                try await log.append(
                    StoreFixture.plain(number), change: number < 2 ? .end(id: "op-1", atMilliseconds: 5) : nil)
            }
        }
        await log.waiting(4)
        release()
        for task in tasks {
            let error = await #expect(throws: AuditLogError.self) { try await task.value }
            // An end that lost to one which then failed did not find it ended.
            #expect(error != .alreadyEnded)
        }
        #expect(!log.isWritable)
        try await log.perform { try $0.execute(sql: "PRAGMA query_only = 0") }
        #expect(try await log.append(StoreFixture.plain(5), change: .end(id: "op-1", atMilliseconds: 5)).value == 2)
        #expect(log.isWritable)
        #expect(log.statistics.failedRows == 4)
        await log.close()
        #expect(try fixture.findings().isEmpty)
    }

    @Test func aFullDiskIsAnErrorAndThenOver() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log {
            $0.maximumPages = 40
            $0.probeSeconds = 0.005
        }
        var written = 0
        var failure: AuditLogError?
        while failure == nil && written < 1000 {
            do {
                _ = try await log.append(StoreFixture.plain(written, padding: 3000), change: nil)
                written += 1
            } catch {
                failure = error
            }
        }
        guard case .writeFailed(let reason) = failure else {
            Issue.record("the disk never filled")
            return
        }
        #expect(reason.contains("full"))
        #expect(!log.isWritable)
        try await log.perform { try $0.execute(sql: "PRAGMA max_page_count = 10000") }
        // Nobody appends, and yet it finds out.
        while !log.isWritable { await Task.yield() }
        #expect(
            try await log.append(StoreFixture.plain(written, padding: 3000), change: nil).value == Int64(written + 1))
        await log.close()
        #expect(try fixture.findings().isEmpty)
    }

    @Test func onAFullDiskAShortRowIsNotLostWithALongOne() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log { $0.maximumPages = 40 }
        let release = try await log.hold()
        let long = Task { try await log.append(StoreFixture.plain(1, padding: 400_000), change: nil) }
        await log.waiting(1)
        let short = Task { try await log.append(StoreFixture.plain(2), change: nil) }
        await log.waiting(2)
        release()
        await #expect(throws: AuditLogError.self) { try await long.value }
        #expect(try await short.value.value == 1)
        await log.close()
    }

    @Test func aRowThatIsNotDurableInTimeIsReportedAndStays() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log { $0.writeSeconds = 0.02 }
        let release = try await log.hold()
        await #expect(throws: AuditLogError.timedOut) { try await log.append(StoreFixture.entry(), change: nil) }
        #expect(!log.isWritable)
        release()
        while log.statistics.lateRows == 0 { await Task.yield() }
        #expect(log.isWritable)
        #expect(log.statistics.timedOutRows == 1)
        await log.close()
        #expect(try AuditReader(path: fixture.path).lastIndex() == 1)
    }

    @Test func aForeignWriteLockOnlyDelays() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        // The writer itself may just be at work on the file that it has opened.
        configuration.busyMode = .timeout(5)
        let other = try DatabaseQueue(path: fixture.path, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let task = Task { try await log.append(StoreFixture.entry(), change: nil) }
        await log.waiting(1)
        for _ in 0..<100 { await Task.yield() }
        #expect(log.statistics.rows == 0)
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        #expect(try await task.value.value == 1)
        try other.close()
        await log.close()
    }

    @Test func theQueueIsBounded() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log {
            $0.maximumWaitingRows = 2
            $0.maximumWaitingBytes = 100_000
        }
        let release = try await log.hold()
        await #expect(throws: AuditLogError.writeFailed("too much is waiting to be written")) {
            try await log.append(StoreFixture.plain(padding: 200_000), change: nil)
        }
        let tasks = (1...2).map { number in Task { try await log.append(StoreFixture.entry(number), change: nil) } }
        await log.waiting(2)
        #expect(!log.isWritable)
        await #expect(throws: AuditLogError.writeFailed("too much is waiting to be written")) {
            try await log.append(StoreFixture.entry(3), change: nil)
        }
        release()
        for task in tasks { _ = try await task.value }
        #expect(log.isWritable)
        await log.close()
    }

    @Test func closingWritesWhatWaitsAndTakesNoMore() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        let release = try await log.hold()
        let waiting = Task { try await log.append(StoreFixture.entry(), change: nil) }
        await log.waiting(1)
        let closing = Task { await log.close() }
        while log.isWritable { await Task.yield() }
        await #expect(throws: AuditLogError.closed) { try await log.append(StoreFixture.entry(), change: nil) }
        release()
        await closing.value
        #expect(try await waiting.value.value == 1)
        await #expect(throws: AuditLogError.closed) { try await log.append(StoreFixture.entry(), change: nil) }
        await #expect(throws: AuditLogError.closed) { try await log.operation(id: "op") }
        await #expect(throws: AuditLogError.closed) { try await log.purgeEndedOperations() }
    }

    @Test func manyMoreRowsThanOneTransactionTakes() async throws {
        let fixture = try StoreFixture()
        let committed = Mutex(0)
        var options = AuditStoreOptions(path: fixture.path)
        options.rowsPerCommit = 7
        let log = try SQLiteAuditLog(
            options: options, logger: .init(label: "test"), onCommit: { rows, _ in committed.withLock { $0 += rows } })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...200 {
                group.addTask { _ = try await log.append(StoreFixture.entry(number), change: nil) }
            }
            try await group.waitForAll()
        }
        #expect(log.statistics.commits >= 200 / 7)
        await log.close()
        #expect(committed.withLock { $0 } == 200)
        #expect(try fixture.findings().isEmpty)
    }
}
