import GRDB
import GRDBSQLite

/// A prepared statement, bound and stepped through SQLite's own interface.
///
/// GRDB prepares and owns it; its own execution path costs more than the insert itself. To be used only inside a database
/// access of the connection that it was made for.
struct SQLStatement {
    private let owner: Statement
    private let handle: OpaquePointer
    private let connection: OpaquePointer?

    init(_ db: Database, _ sql: String) throws {
        self.owner = try db.makeStatement(sql: sql)
        self.handle = self.owner.sqliteStatement
        self.connection = db.sqliteConnection
    }

    /// SQLite copies what is bound with this.
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    /// Makes it ready for the next run: everything not bound anew is NULL.
    func clear() {
        sqlite3_reset(self.handle)
        sqlite3_clear_bindings(self.handle)
    }

    func bind(_ value: Int64, at position: Int32) { sqlite3_bind_int64(self.handle, position, value) }

    func bind(_ value: String, at position: Int32) {
        var value = value
        value.withUTF8 { bytes in
            // Without a start SQLite would bind NULL for an empty text.
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                let code =
                    bytes.isEmpty
                    ? sqlite3_bind_text(self.handle, position, "", 0, Self.copied)
                    : sqlite3_bind_text(
                        self.handle, position, bytes.baseAddress, Int32(bytes.count), Self.copied)
                assert(code == SQLITE_OK)
            }
        }
    }

    func bind(_ value: String?, at position: Int32) {
        if let value { self.bind(value, at: position) }
    }

    /// Binds a text that lies in `space` until that is emptied, so that SQLite need not copy it.
    func bind(_ value: String?, at position: Int32, in space: BindingSpace) {
        guard let value else { return }
        guard let bytes = space.keep(value) else { return self.bind(value, at: position) }
        sqlite3_bind_text64(
            self.handle, position, UnsafeRawPointer(bytes).assumingMemoryBound(to: CChar.self),
            UInt64(value.utf8.count), nil, UInt8(SQLITE_UTF8))
    }

    func bind(blob value: [UInt8], at position: Int32) {
        if value.isEmpty {
            sqlite3_bind_zeroblob(self.handle, position, 0)
        } else {
            sqlite3_bind_blob64(self.handle, position, value, UInt64(value.count), Self.copied)
        }
    }

    /// Runs a statement without result, with one long value bound in place, without a copy.
    func run(long value: [UInt8], at position: Int32, asText: Bool) throws {
        try value.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress, !bytes.isEmpty {
                if asText {
                    sqlite3_bind_text64(
                        self.handle, position, start.assumingMemoryBound(to: CChar.self), UInt64(bytes.count), nil,
                        UInt8(SQLITE_UTF8))
                } else {
                    sqlite3_bind_blob64(self.handle, position, start, UInt64(bytes.count), nil)
                }
            } else {
                sqlite3_bind_zeroblob(self.handle, position, 0)
            }
            defer { self.clear() }
            try self.run()
        }
    }

    /// Runs a statement without result.
    func run() throws {
        let code = sqlite3_step(self.handle)
        // The message belongs to the last call, so it is taken before the reset.
        let failure = code == SQLITE_DONE || code == SQLITE_ROW ? nil : SQLFailure(self.connection, code: code)
        sqlite3_reset(self.handle)
        if let failure { throw failure }
    }

    /// - Returns: whether there is a row.
    func step() throws -> Bool {
        let code = sqlite3_step(self.handle)
        if code == SQLITE_ROW { return true }
        guard code == SQLITE_DONE else { throw SQLFailure(self.connection, code: code) }
        return false
    }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(self.handle, column) }

    /// The value's bytes as stored, `nil` for NULL.
    func bytes(_ column: Int32) -> [UInt8]? {
        guard sqlite3_column_type(self.handle, column) != SQLITE_NULL else { return nil }
        guard let start = sqlite3_column_blob(self.handle, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(self.handle, column))))
    }

    func text(_ column: Int32) -> String? { self.bytes(column).map { String(decoding: $0, as: UTF8.self) } }
}
