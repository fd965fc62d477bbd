import Foundation
import GRDB
import GRDBSQLite
import Testing

@testable import AuditStore

/// A file that SQLite would take for its write-ahead log, opened the way SQLite opens it.
private final class LogFile {
    private let memory: UnsafeMutableRawPointer
    private let name: UnsafeMutablePointer<CChar>
    private var file: UnsafeMutablePointer<sqlite3_file> { self.memory.assumingMemoryBound(to: sqlite3_file.self) }
    private var methods: sqlite3_io_methods { get throws { try #require(self.file.pointee.pMethods).pointee } }

    init(_ path: String, flags: Int32 = SQLITE_OPEN_WAL) throws {
        try GatheredLogWrites.register()
        let vfs = try #require(sqlite3_vfs_find("\(GatheredLogWrites.name)"))
        self.memory = .allocate(byteCount: Int(vfs.pointee.szOsFile), alignment: 16)
        self.memory.initializeMemory(as: UInt8.self, repeating: 0, count: Int(vfs.pointee.szOsFile))
        // SQLite's names end with more than one zero, since settings of a URI may follow.
        self.name = .allocate(capacity: path.utf8.count + 4)
        self.name.initialize(repeating: 0, count: path.utf8.count + 4)
        for (position, byte) in path.utf8.enumerated() { self.name[position] = CChar(bitPattern: byte) }
        let open = try #require(vfs.pointee.xOpen)
        var granted: Int32 = 0
        let code = open(vfs, self.name, self.file, flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &granted)
        try #require(code == SQLITE_OK)
    }

    deinit {
        self.memory.deallocate()
        self.name.deallocate()
    }

    var version: Int32 { get throws { try self.methods.iVersion } }

    func write(_ bytes: [UInt8], at offset: Int) throws -> Int32 {
        let write = try #require(self.methods.xWrite)
        return write(self.file, bytes, Int32(bytes.count), Int64(offset))
    }

    func read(_ count: Int, at offset: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let read = try #require(self.methods.xRead)
        _ = read(self.file, &bytes, Int32(count), Int64(offset))
        return bytes
    }

    func sync() throws -> Int32 {
        let sync = try #require(self.methods.xSync)
        return sync(self.file, SQLITE_SYNC_NORMAL)
    }

    func truncate(_ size: Int) throws -> Int32 {
        let truncate = try #require(self.methods.xTruncate)
        return truncate(self.file, Int64(size))
    }

    func size() throws -> Int {
        var size: Int64 = -1
        let fileSize = try #require(self.methods.xFileSize)
        _ = fileSize(self.file, &size)
        return Int(size)
    }

    func close() throws -> Int32 {
        let close = try #require(self.methods.xClose)
        return close(self.file)
    }
}

@Suite struct GatheredLogWritesTests {
    private let fixture: StoreFixture
    private var path: String { self.fixture.path + "-wal" }

    init() throws {
        self.fixture = try StoreFixture()
        // SQLite gives a log the permissions of its database.
        try Data().write(to: URL(fileURLWithPath: self.fixture.path))
    }

    private func onDisk() throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: self.path))) }

    /// Anything but one more write behind the last hands on what was gathered, before it happens itself.
    @Test func isHandedOnBeforeAnythingElse() throws {
        let steps: [(String, (LogFile) throws -> Int32)] = [
            ("flush", { try $0.sync() }), ("size", { Int32(try $0.size() == 6 ? 0 : 1) }),
            ("read", { Int32(try $0.read(4, at: 1) == [2, 3, 4, 5] ? 0 : 1) }), ("truncate", { try $0.truncate(6) }),
            ("write elsewhere", { try $0.write([9], at: 2) }),
        ]
        for (name, step) in steps {
            try? FileManager.default.removeItem(atPath: self.path)
            let file = try LogFile(self.path)
            #expect(try file.write([1, 2, 3], at: 0) == 0)
            #expect(try file.write([4, 5, 6], at: 3) == 0)
            #expect(try self.onDisk().isEmpty, "\(name)")
            #expect(try step(file) == 0, "\(name)")
            #expect(try self.onDisk() == [1, 2, 3, 4, 5, 6], "\(name)")
            #expect(try file.close() == 0)
        }
    }

    /// What was never flushed belongs to no commit.
    @Test func isGivenUpWithTheFile() throws {
        let file = try LogFile(self.path)
        #expect(try file.write([1, 2, 3], at: 0) == 0)
        #expect(try file.close() == 0)
        #expect(try self.onDisk().isEmpty)
    }

    /// A transaction of more pages than SQLite would keep in memory is given up; another process then writes where they
    /// would have gone.
    @Test func aTransactionThatIsGivenUpLeavesNothing() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        _ = try await log.append(StoreFixture.plain(1), change: nil)
        try await log.perform { db in
            // What is read from the log would hand on what is gathered.
            _ = try db.checkpoint(.truncate)
            try db.execute(sql: "PRAGMA cache_size = 50")
            try db.inTransaction {
                let text = String(repeating: "x", count: 3_000)
                for number in 1_000..<1_070 {
                    try db.execute(
                        sql: "INSERT INTO meta (name, value) VALUES (?, ?)", arguments: ["given up \(number)", text])
                }
                return .rollback
            }
        }
        // The other one's commit stays in the log, each page once: ours looks for them there.
        let other = try DatabaseQueue(path: fixture.path)
        try await other.write { db in
            for number in 0..<50 {
                let text = String(repeating: "y", count: 3_000)
                try db.execute(
                    sql: "INSERT INTO meta (name, value) VALUES (?, ?)", arguments: ["other \(number)", text])
            }
        }
        _ = try await log.append(StoreFixture.plain(2), change: nil)
        try await log.perform { db in
            let problems = try String.fetchAll(db, sql: "PRAGMA integrity_check")
            #expect(problems == ["ok"])
            let found = try Int.fetchOne(db, sql: "SELECT count(*) FROM meta WHERE name LIKE 'other%'")
            #expect(found == 50)
        }
        try other.close()
        await log.close()
        #expect(try fixture.findings().isEmpty)
    }

    /// Whatever SQLite does with a file, it reads the same as from a file without us.
    @Test func readsAsWritten() throws {
        var random = SeededGenerator(seed: 7)
        let file = try LogFile(self.path)
        var model: [UInt8] = []
        for step in 0..<3_000 {
            let sequential = Int.random(in: 0..<10, using: &random) < 8
            let offset = sequential ? model.count : Int.random(in: 0...model.count, using: &random)
            switch Int.random(in: 0..<40, using: &random) {
            case 0: #expect(try file.sync() == 0)
            case 1: #expect(try file.size() == model.count)
            case 2:
                model.removeLast(model.count - offset)
                #expect(try file.truncate(offset) == 0)
            case 3 where offset < model.count:
                let count = min(model.count - offset, 5_000)
                #expect(try file.read(count, at: offset) == Array(model[offset..<offset + count]))
            case 4:
                let large = [UInt8](repeating: UInt8(truncatingIfNeeded: step), count: 130_000)
                model.replaceSubrange(offset..<min(model.count, offset + large.count), with: large)
                #expect(try file.write(large, at: offset) == 0)
            default:
                let count = [24, 4_096, 32, 8_192].randomElement(using: &random) ?? 1
                let piece = [UInt8](repeating: UInt8(truncatingIfNeeded: step &* 7), count: count)
                model.replaceSubrange(offset..<min(model.count, offset + count), with: piece)
                #expect(try file.write(piece, at: offset) == 0)
            }
            if model.count > 4 << 20 {
                model = []
                #expect(try file.truncate(0) == 0)
            }
        }
        #expect(try file.sync() == 0)
        #expect(try file.close() == 0)
        #expect(try self.onDisk() == model)
    }

    /// The flush that should have made it durable fails, and what was refused is not tried again behind SQLite's back.
    @Test func aFullDiskFailsTheFlush() throws {
        let file = try LogFile("/dev/full")
        #expect(try file.write([UInt8](repeating: 1, count: 4_096), at: 0) == 0)
        #expect(try file.sync() & 0xFF == SQLITE_FULL)
        #expect(try file.write([UInt8](repeating: 1, count: 60_000), at: 0) == 0)
        #expect(try file.write([UInt8](repeating: 1, count: 60_000), at: 60_000) == 0)
        #expect(try file.write([UInt8](repeating: 1, count: 60_000), at: 120_000) & 0xFF == SQLITE_FULL)
        #expect(try file.write([UInt8](repeating: 1, count: 130_000), at: 0) & 0xFF == SQLITE_FULL)
        #expect(try file.close() == 0)
    }

    /// The database's own file is the system's alone.
    @Test func onlyTheLog() throws {
        let file = try LogFile(self.fixture.path, flags: SQLITE_OPEN_MAIN_DB)
        #expect(try file.version > 1)
        #expect(try file.close() == 0)
    }

    /// The record is written this way.
    @Test func theWriterUsesIt() async throws {
        let fixture = try StoreFixture()
        let log = try fixture.log()
        _ = try await log.append(StoreFixture.plain(1), change: nil)
        try await log.perform { db in
            var file: UnsafeMutablePointer<sqlite3_file>?
            let code = sqlite3_file_control(db.sqliteConnection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file)
            #expect(code == SQLITE_OK)
            #expect(file?.pointee.pMethods?.pointee.iVersion == 1)
        }
        await log.close()
    }
}

/// The same numbers in every run.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    mutating func next() -> UInt64 {
        self.state = self.state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return self.state ^ (self.state >> 33)
    }
}
