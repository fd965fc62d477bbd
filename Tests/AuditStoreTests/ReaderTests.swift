import AuditModel
import Foundation
import GatewayEnforcement
import Testing

@testable import AuditStore

@Suite struct ReaderTests {
    @Test func aLiveRecordIsReadAndGrows() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        _ = try await log.append(StoreFixture.entry(1), change: nil)
        let reader = try AuditReader(path: fixture.path)
        #expect(try reader.lastIndex() == 1)
        _ = try await log.append(StoreFixture.entry(2), change: nil)
        #expect(try reader.lastIndex() == 2)
        let row = try #require(try reader.row(2))
        #expect(row.canonical == StoreFixture.entry(2).canonical)
        #expect(row.sha256 == StoreFixture.entry(2).sha256)
        #expect(row.columns == StoreFixture.entry(2).columns)
        #expect(row.time == "2027-01-15T08:00:02.000Z")
        #expect(try reader.bodies(2) == StoreFixture.entry(2).bodies)
        #expect(try reader.row(3) == nil)
        #expect(try AuditVerification.run(reader, onFinding: { _ in }).isSound)
        await log.close()
    }

    @Test func aCopyIsReadWithoutMakingFiles() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        _ = try await log.append(StoreFixture.entry(1), change: nil)
        await log.close()
        let copies = fixture.directory.appendingPathComponent("copy ?#%&ü")
        try FileManager.default.createDirectory(at: copies, withIntermediateDirectories: true)
        let copy = copies.appendingPathComponent("audit.sqlite").path
        try FileManager.default.copyItem(atPath: fixture.path, toPath: copy)
        chmod(copy, 0o440)
        chmod(copies.path, 0o550)
        defer { chmod(copies.path, 0o750) }
        let reader = try AuditReader(path: copy)
        #expect(try reader.lastIndex() == 1)
        #expect(try AuditVerification.run(reader, onFinding: { _ in }).rows == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: copies.path) == ["audit.sqlite"])
    }

    @Test func aReaderNoticesThatAGatewayHasStarted() async throws {
        let fixture = try StoreFixture()
        try await fixture.log().close()
        let reader = try AuditReader(path: fixture.path)
        #expect(try reader.lastIndex() == 0)
        let log = try fixture.log()
        _ = try await log.append(StoreFixture.entry(1), change: nil)
        #expect(try reader.lastIndex() == 1)
        await log.close()
        #expect(try reader.lastIndex() == 1)
    }

    @Test func theLogOfAKilledGatewayIsRead() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        _ = try await log.append(StoreFixture.entry(1), change: nil)
        // What a kill leaves: the file and its write-ahead log.
        let left = fixture.directory.appendingPathComponent("left.sqlite").path
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: fixture.path + suffix, toPath: left + suffix)
        }
        await log.close()
        #expect(try AuditReader(path: left).lastIndex() == 1)
        let next = try fixture.log { $0.path = left }
        #expect(try await next.append(StoreFixture.entry(2), change: nil).value == 2)
        await next.close()
    }

    static let filters: [(@Sendable (inout AuditFilter) -> Void, [Int64])] = [
        ({ _ in }, Array(1...12)),
        (
            {
                $0.newestFirst = true
                $0.limit = 3
            }, [12, 11, 10]
        ),
        (
            {
                $0.newestFirst = true
                $0.afterIndex = 3
            }, [2, 1]
        ),
        ({ $0.afterIndex = 10 }, [11, 12]),
        ({ $0.afterIndex = .max }, []),
        ({ $0.afterIndex = -5 }, Array(1...12)),
        ({ $0.limit = 2 }, [1, 2]),
        ({ $0.limit = 0 }, []),
        ({ $0.event = "started" }, [1]),
        (
            {
                $0.event = "decision"
                $0.limit = 1
                $0.newestFirst = true
            }, [12]
        ),
        ({ $0.machine = "WEB-3" }, [3, 6, 9, 12]),
        (
            {
                $0.machine = "web-3"
                $0.afterIndex = 3
                $0.limit = 2
            }, [6, 9]
        ),
        ({ $0.principal = "bob" }, [2, 4, 6, 8, 10, 12]),
        ({ $0.principal = "Bob" }, []),
        (
            {
                $0.effect = "deny"
                $0.principal = "bob"
            }, [10]
        ),
        (
            {
                $0.rule = "web-disk"
                $0.limit = 1
            }, [2]
        ),
        (
            {
                $0.operation = "run"
                $0.limit = 1
            }, [2]
        ),
        ({ $0.requestID = "00000000-0000-0000-0000-000000000007" }, [7]),
        (
            {
                $0.requestID = "00000000-0000-0000-0000-000000000007"
                $0.newestFirst = true
            }, [7]
        ),
        ({ $0.since = 1_800_000_011_000 }, [11, 12]),
        ({ $0.until = 1_800_000_003_000 }, [1, 2]),
        ({ $0.since = -1 }, Array(1...12)),
        ({ $0.until = .min }, []),
        (
            {
                $0.since = 1_800_000_003_000
                $0.until = 1_800_000_003_001
            }, [3]
        ),
    ]

    @Test(arguments: filters.indices) func aListingFits(_ number: Int) async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        _ = try await log.append(StoreFixture.plain(1), change: nil)
        for number in 2...12 {
            let entry = StoreFixture.entry(
                number, machine: "web-\(number % 3 == 0 ? 3 : 1)",
                principal: number.isMultiple(of: 2) ? "bob" : "alice",
                effect: number.isMultiple(of: 5) ? "deny" : "allow")
            _ = try await log.append(entry, change: nil)
        }
        await log.close()
        var filter = AuditFilter()
        Self.filters[number].0(&filter)
        let reader = try AuditReader(path: fixture.path)
        // In one piece, and looking through a few indexes at a time.
        for indexesAtOnce in [reader.indexesAtOnce, 1, 5] {
            reader.indexesAtOnce = indexesAtOnce
            var indexes: [Int64] = []
            try reader.list(filter) { indexes.append($0.index) }
            #expect(indexes == Self.filters[number].1)
        }
    }

    @Test(arguments: [false, true]) func aLongListingComesInPieces(newestFirst: Bool) async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        let release = try await log.hold()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 1...1500 {
                group.addTask { _ = try await log.append(StoreFixture.plain(number, padding: 2000), change: nil) }
            }
            await log.waiting(1500)
            release()
            try await group.waitForAll()
        }
        var filter = AuditFilter()
        filter.newestFirst = newestFirst
        var indexes: [Int64] = []
        let reader = try AuditReader(path: fixture.path)
        try reader.list(filter) { indexes.append($0.index) }
        #expect(indexes == (newestFirst ? Array((1...1500).reversed()) : Array(1...1500)))
        await log.close()
    }
}
