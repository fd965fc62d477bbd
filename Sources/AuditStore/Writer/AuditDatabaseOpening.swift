import CSQLiteSettings
import Foundation
import GRDB
import GRDBSQLite

/// Opens the record for writing, and makes sure that SQLite promises what we promise.
enum AuditDatabaseOpening {
    static func open(_ file: AuditFile, options: AuditStoreOptions, createdAt: String) throws -> DatabaseQueue {
        do {
            try GatheredLogWrites.register()
            var connection = try Self.connect(file.uri("vfs=\(GatheredLogWrites.name)"), options: options)
            if let version = try connection.read({ try Self.kind($0, file: file).older }) {
                try connection.close()
                try Self.upgrade(file, from: version, options: options, at: createdAt)
                connection = try Self.connect(file.uri("vfs=\(GatheredLogWrites.name)"), options: options)
            }
            try connection.writeWithoutTransaction { db in
                try Self.prepare(db, file: file, options: options, createdAt: createdAt)
            }
            return connection
        } catch let error as AuditStoreError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw AuditStoreError.foreign(file.path)
        } catch {
            throw AuditStoreError.failed(path: file.path, reason: SQLFailure(error).description)
        }
    }

    private static func connect(_ path: String, options: AuditStoreOptions) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "audit-writer"
        // Somebody with a shell may hold the write lock for a moment; appends wait and time out by themselves.
        configuration.busyMode = .timeout(max(1, options.writeSeconds * 2))
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    static func openForReading(_ file: AuditFile) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "audit-operations"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            return try DatabaseQueue(path: file.path, configuration: configuration)
        } catch {
            throw AuditStoreError.failed(path: file.path, reason: SQLFailure(error).description)
        }
    }

    private static func kind(_ db: Database, file: AuditFile) throws -> AuditSchema.Kind {
        let kind = try AuditSchema.kind(db)
        switch kind {
        case .foreign: throw AuditStoreError.foreign(file.path)
        case .newer(let version): throw AuditStoreError.newer(path: file.path, version: version)
        case .empty, .ours: return kind
        }
    }

    private static func prepare(
        _ db: Database, file: AuditFile, options: AuditStoreOptions, createdAt: String
    ) throws {
        let isEmpty = try Self.kind(db, file: file).isEmpty
        // Before anything is written, which fixes it. A page holds about three rows; larger ones are slower to log.
        if isEmpty { try db.execute(sql: "PRAGMA page_size = 4096") }
        try self.makeDurable(db, path: file.path, options: options)
        // `GatheredLogWrites` rests on it. What waits to be written is bounded, and so is what a batch holds in memory.
        try self.set("cache_spill", 0, db)
        if isEmpty { try AuditSchema.create(db, createdAt: createdAt) }
        try self.requireUnaltered(db, file: file)
        for (purpose, id) in options.keyIDs {
            try db.execute(
                sql: "INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)",
                arguments: ["key.\(purpose).\(id)", createdAt])
        }
        if let pages = options.maximumPages { try db.execute(sql: "PRAGMA max_page_count = \(pages)") }
        try self.runNoTriggers(db)
    }

    /// The triggers are for other hands. This connection adds each row at the index after the last, which the primary key
    /// refuses where one stands, and has no statement that changes one. While a statement with a trigger runs, SQLite
    /// keeps a copy of every page that it touches, to undo it: a quarter of what a row costs in instructions.
    private static func runNoTriggers(_ db: Database) throws {
        let code = csqlite_run_no_triggers(db.sqliteConnection)
        guard code == SQLITE_OK else { throw SQLFailure(db.sqliteConnection, code: code) }
    }

    /// On a connection of its own, with nothing of ours between SQLite and the disk: it changes more pages than memory
    /// should hold, so they go into the log before it is known that they stay.
    private static func upgrade(
        _ file: AuditFile, from version: Int, options: AuditStoreOptions, at time: String
    ) throws {
        let connection = try Self.connect(file.path, options: options)
        try connection.writeWithoutTransaction { db in
            try self.makeDurable(db, path: file.path, options: options)
            // A file that was tampered with must not be made to look like a fresh one.
            try self.requireUnaltered(db, file: file)
            // A table that is dropped would be overwritten page by page, in memory and in the write-ahead log, all at once.
            // The first version kept nothing that is erased; its pages are used again by the next rows.
            try db.execute(sql: "PRAGMA secure_delete = FAST")
            try AuditSchema.upgrade(db, from: version, at: time)
        }
        try connection.close()
    }

    private static func requireUnaltered(_ db: Database, file: AuditFile) throws {
        let differences = try AuditSchema.differences(db)
        guard differences.isEmpty else { throw AuditStoreError.altered(path: file.path, differences: differences) }
    }

    /// Asks for what durability needs and reads it back. GRDB sets `synchronous = NORMAL` when it turns the write-ahead
    /// log on, by which the last commits can vanish with the power, so the log is turned on here.
    private static func makeDurable(_ db: Database, path: String, options: AuditStoreOptions) throws {
        let journal = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL") ?? "nothing"
        if journal != "wal" {
            if access(path, W_OK) != 0 { throw AuditStoreError.readOnly(path) }
            throw AuditStoreError.durabilityNotGranted(setting: "journal_mode = WAL", found: journal)
        }
        let settings: [(name: String, value: Int)] = [
            ("synchronous", 2), ("foreign_keys", 1), ("wal_autocheckpoint", options.checkpointPages),
            // After a long reader has let the log grow, it shrinks again.
            ("journal_size_limit", max(64 << 20, options.checkpointPages * 8192)),
            ("trusted_schema", 0), ("cache_size", -8192),
            // What is erased is overwritten in the file; a row that is only added frees nothing to overwrite.
            ("secure_delete", 1),
            // Nothing of it in files that SQLite makes for a while elsewhere.
            ("temp_store", 2),
        ]
        for (name, value) in settings { try self.set(name, value, db) }
        let readBack = try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "nothing"
        guard readBack == "wal" else {
            throw AuditStoreError.durabilityNotGranted(setting: "journal_mode = WAL", found: readBack)
        }
    }

    private static func set(_ name: String, _ value: Int, _ db: Database) throws {
        try db.execute(sql: "PRAGMA \(name) = \(value)")
        let found = try Int.fetchOne(db, sql: "PRAGMA \(name)")
        guard found == value else {
            throw AuditStoreError.durabilityNotGranted(
                setting: "\(name) = \(value)", found: found.map { String($0) } ?? "nothing")
        }
    }
}
