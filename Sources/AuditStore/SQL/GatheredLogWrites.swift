import GRDBSQLite

/// SQLite's own way to the disk, except that it hands a transaction's part of the write-ahead log to the kernel in a few
/// large pieces. By itself SQLite makes two system calls a page, some forty a commit here, which cost more than the flush.
///
/// Only for a connection with `synchronous = FULL` and `cache_spill = 0`. There the log is written by commits alone, under
/// the write lock, and each flushes it before the index in shared memory tells other connections of it: nobody looks for
/// what is still here. A transaction that spilled would leave pages here when it is rolled back, to be written over those
/// of another process's.
enum GatheredLogWrites {
    /// The name under which SQLite knows it, for `?vfs=` in a `file:` URI.
    static let name: StaticString = "gathered-log-writes"

    /// Makes it known to SQLite, once in a process.
    /// - Throws: ``SQLFailure``
    static func register() throws { try Self.registration.get() }

    private static let registration: Result<Void, SQLFailure> = {
        guard let system = sqlite3_vfs_find(nil) else { return .failure(SQLFailure(nil, code: SQLITE_ERROR)) }
        let ours = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        ours.initialize(to: system.pointee)
        ours.pointee.pNext = nil
        ours.pointee.zName = UnsafeRawPointer(Self.name.utf8Start).assumingMemoryBound(to: CChar.self)
        ours.pointee.pAppData = UnsafeMutableRawPointer(system)
        ours.pointee.szOsFile = Int32(GatheringFile.size) + system.pointee.szOsFile
        ours.pointee.xOpen = { GatheringFile.open($0, $1, $2, $3, $4) }
        let code = sqlite3_vfs_register(ours, 0)
        return code == SQLITE_OK ? .success(()) : .failure(SQLFailure(nil, code: code))
    }()
}

/// A write-ahead log that SQLite has open: first what SQLite looks at, then what was gathered, then, from ``size`` on, the
/// system's own file. SQLite gives the memory and uses a file on one thread at a time.
private struct GatheringFile {
    /// What SQLite takes the memory for.
    var base: sqlite3_file
    /// Bytes for `start` and what follows, not yet given to the system.
    var bytes: UnsafeMutableRawPointer
    var start: sqlite3_int64
    var count: Int

    static let size = (MemoryLayout<GatheringFile>.size + 15) & ~15
    /// SQLite's file system for Unix takes less than 128 KiB at a time.
    static let capacity = 124 << 10

    static func open(
        _ vfs: UnsafeMutablePointer<sqlite3_vfs>?, _ path: UnsafePointer<CChar>?,
        _ file: UnsafeMutablePointer<sqlite3_file>?, _ flags: Int32, _ granted: UnsafeMutablePointer<Int32>?
    ) -> Int32 {
        guard let file, let system = vfs?.pointee.pAppData?.assumingMemoryBound(to: sqlite3_vfs.self),
            let open = system.pointee.xOpen
        else { return SQLITE_CANTOPEN }
        // What is no log is the system's, without us in between.
        guard flags & SQLITE_OPEN_WAL != 0 else { return open(system, path, file, flags, granted) }
        file.pointee.pMethods = nil
        let code = open(system, path, Self.real(file), flags, granted)
        guard code == SQLITE_OK else { return code }
        UnsafeMutableRawPointer(file).initializeMemory(
            as: GatheringFile.self,
            to: GatheringFile(
                base: sqlite3_file(pMethods: Self.methods),
                bytes: .allocate(byteCount: Self.capacity, alignment: 16), start: 0, count: 0))
        return SQLITE_OK
    }

    private static func real(_ file: UnsafeMutablePointer<sqlite3_file>) -> UnsafeMutablePointer<sqlite3_file> {
        (UnsafeMutableRawPointer(file) + Self.size).assumingMemoryBound(to: sqlite3_file.self)
    }

    /// Does something with the system's file, after it was given what was gathered.
    private static func settled(
        _ file: UnsafeMutablePointer<sqlite3_file>?,
        _ body: (UnsafePointer<sqlite3_io_methods>, UnsafeMutablePointer<sqlite3_file>) -> Int32?
    ) -> Int32 {
        guard let file, let methods = Self.real(file).pointee.pMethods else { return SQLITE_IOERR }
        let code = UnsafeMutableRawPointer(file).assumingMemoryBound(to: GatheringFile.self).pointee.settle(
            methods, Self.real(file))
        guard code == SQLITE_OK else { return code }
        return body(methods, Self.real(file)) ?? SQLITE_IOERR
    }

    /// What the system refuses is lost, as if each write had been refused: SQLite gives the transaction up.
    private mutating func settle(
        _ methods: UnsafePointer<sqlite3_io_methods>, _ real: UnsafeMutablePointer<sqlite3_file>
    ) -> Int32 {
        guard self.count > 0 else { return SQLITE_OK }
        defer { self.count = 0 }
        return methods.pointee.xWrite?(real, self.bytes, Int32(self.count), self.start) ?? SQLITE_IOERR
    }

    private mutating func write(
        _ bytes: UnsafeRawPointer, _ count: Int, at offset: sqlite3_int64,
        _ methods: UnsafePointer<sqlite3_io_methods>, _ real: UnsafeMutablePointer<sqlite3_file>
    ) -> Int32 {
        if self.count > 0, offset != self.start + sqlite3_int64(self.count) || self.count + count > Self.capacity {
            let code = self.settle(methods, real)
            guard code == SQLITE_OK else { return code }
        }
        if count > Self.capacity { return methods.pointee.xWrite?(real, bytes, Int32(count), offset) ?? SQLITE_IOERR }
        if self.count == 0 { self.start = offset }
        (self.bytes + self.count).copyMemory(from: bytes, byteCount: count)
        self.count += count
        return SQLITE_OK
    }

    /// SQLite keeps the address for as long as it runs. Never changed after it was made, hence safe to share.
    nonisolated(unsafe) private static let methods: UnsafePointer<sqlite3_io_methods> = {
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        methods.initialize(to: sqlite3_io_methods())
        // No shared memory and no mapping: those belong to the database's file, not to its log.
        methods.pointee.iVersion = 1
        methods.pointee.xClose = { file in
            guard let file else { return SQLITE_IOERR }
            // What no commit has flushed was never to be seen.
            UnsafeMutableRawPointer(file).assumingMemoryBound(to: GatheringFile.self).pointee.bytes.deallocate()
            return Self.real(file).pointee.pMethods?.pointee.xClose?(Self.real(file)) ?? SQLITE_IOERR
        }
        methods.pointee.xRead = { file, bytes, count, offset in
            Self.settled(file) { $0.pointee.xRead?($1, bytes, count, offset) }
        }
        methods.pointee.xWrite = { file, bytes, count, offset in
            guard let file, let bytes, count >= 0, let methods = Self.real(file).pointee.pMethods else {
                return SQLITE_IOERR
            }
            return UnsafeMutableRawPointer(file).assumingMemoryBound(to: GatheringFile.self).pointee.write(
                bytes, Int(count), at: offset, methods, Self.real(file))
        }
        methods.pointee.xTruncate = { file, size in Self.settled(file) { $0.pointee.xTruncate?($1, size) } }
        methods.pointee.xSync = { file, flags in Self.settled(file) { $0.pointee.xSync?($1, flags) } }
        methods.pointee.xFileSize = { file, size in Self.settled(file) { $0.pointee.xFileSize?($1, size) } }
        methods.pointee.xLock = { file, lock in Self.settled(file) { $0.pointee.xLock?($1, lock) } }
        methods.pointee.xUnlock = { file, lock in Self.settled(file) { $0.pointee.xUnlock?($1, lock) } }
        methods.pointee.xCheckReservedLock = { file, isHeld in
            Self.settled(file) { $0.pointee.xCheckReservedLock?($1, isHeld) }
        }
        methods.pointee.xFileControl = { file, operation, argument in
            Self.settled(file) { $0.pointee.xFileControl?($1, operation, argument) }
        }
        // These two answer with a number, not with a result.
        methods.pointee.xSectorSize = { file in
            guard let file else { return 0 }
            return Self.real(file).pointee.pMethods?.pointee.xSectorSize?(Self.real(file)) ?? 0
        }
        methods.pointee.xDeviceCharacteristics = { file in
            guard let file else { return 0 }
            return Self.real(file).pointee.pMethods?.pointee.xDeviceCharacteristics?(Self.real(file)) ?? 0
        }
        return UnsafePointer(methods)
    }()
}
