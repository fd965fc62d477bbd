import AuditModel
import Foundation
import GRDB
import GatewayEnforcement
import Testing

@testable import AuditStore

/// What was erased stands nowhere: neither in the file nor in its write-ahead log.
@Suite struct ErasureTests {
    /// How often the mark of an answer's body is found in the files.
    private static func marks(_ fixture: StoreFixture) throws -> Int {
        var count = 0
        for suffix in ["", "-wal"] {
            let url = URL(fileURLWithPath: fixture.path + suffix)
            guard FileManager.default.fileExists(atPath: url.path) else { continue }
            try Data(contentsOf: url).withUnsafeBytes { bytes in
                guard var place = bytes.baseAddress else { return }
                let end = place + bytes.count - 6
                while place <= end, let found = memchr(place, 0x43, end - place + 1) {
                    place = UnsafeRawPointer(found)
                    if memcmp(place, "CANARY", 6) == 0 { count += 1 }
                    place += 1
                }
            }
        }
        return count
    }

    /// Pages are split and filled again in every order: ids are random, and bodies of every size come and go.
    @Test func noByteOfABodyIsLeft() async throws {
        let fixture = try StoreFixture()
        let clock = SettableClock()
        let log = try fixture.log(clock: clock) { $0.checkpointPages = 200 }
        let sizes = [1, 20, 60, 110, 300, 1000, KeptAnswer.mostBodyBytes / 11]
        var open: [String] = []
        for round in 0..<30 {
            var changes: [OperationChange] = []
            var begun: [String] = []
            for number in 0..<50 {
                let id = UUID().uuidString.lowercased()
                let body = String(repeating: "CANARY-\(1000 + number)", count: sizes[number % sizes.count])
                changes.append(.begin(StoreFixture.told(id, created: clock.now, body: body)))
                if number.isMultiple(of: 2), !open.isEmpty {
                    let ended = open.remove(at: number * 7 % open.count)
                    changes.append(.end(id: ended, atMilliseconds: clock.now))
                }
                begun.append(id)
            }
            open += begun
            try await withThrowingTaskGroup(of: Void.self) { group in
                for change in changes {
                    group.addTask { _ = try await log.append(StoreFixture.plain(), change: change) }
                }
                try await group.waitForAll()
            }
            if round == 10 { #expect(try Self.marks(fixture) > 700) }
            clock.advance(milliseconds: 100_000)
        }
        // The last ten minutes are still there.
        #expect(try Self.marks(fixture) > 100)
        clock.advance(milliseconds: 600_000)
        try await log.eraseOldAnswers()
        #expect(try Self.marks(fixture) == 0)
        #expect(try await log.operation(id: open[3])?.requestDigest != nil)
        await log.close()
        #expect(try Self.marks(fixture) == 0)
        #expect(try fixture.findings().isEmpty)
    }

    /// A reader that stands on the old pages delays it and is not waited for.
    @Test func aReaderDelaysTheLastTraces() async throws {
        let fixture = try StoreFixture()
        let clock = SettableClock()
        let log = try fixture.log(clock: clock)
        _ = try await log.append(
            StoreFixture.plain(), change: .begin(StoreFixture.told(created: clock.now, body: "CANARY")))
        var configuration = Configuration()
        configuration.readonly = true
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: fixture.path, configuration: configuration)
        try await reader.unsafeRead { db in
            try db.execute(sql: "BEGIN")
            _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM operation")
        }
        clock.advance(milliseconds: 600_001)
        try await log.eraseOldAnswers()
        #expect(try Self.marks(fixture) > 0)
        #expect(try await log.operation(id: "op-1")?.answer == nil)
        #expect(try await log.append(StoreFixture.plain(), change: nil).value == 2)
        try await reader.unsafeRead { try $0.execute(sql: "ROLLBACK") }
        try reader.close()
        clock.advance(milliseconds: 15_000)
        try await log.eraseOldAnswers()
        #expect(try Self.marks(fixture) == 0)
        await log.close()
    }

    @Test func nothingIsDueWhereNothingIsKept() {
        let erasure = AnswerErasure(options: AuditStoreOptions(path: "/"))
        #expect(erasure.nextDue == 0)
        erasure.began(StoreFixture.operation())
        #expect(erasure.nextDue == 0)
    }
}
