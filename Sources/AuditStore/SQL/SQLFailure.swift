import GRDB
import GRDBSQLite

/// What SQLite answered instead of a result. Its messages name columns and rules, never values.
struct SQLFailure: Error, CustomStringConvertible {
    /// Extended result code.
    var code: Int32
    var message: String

    init(_ connection: OpaquePointer?, code: Int32) {
        self.code = code
        self.message = connection.map { String(cString: sqlite3_errmsg($0)) } ?? String(cString: sqlite3_errstr(code))
    }

    /// Something that the tables would refuse, found before they were asked.
    init(ofTheRow message: String) {
        self.code = SQLITE_MISMATCH
        self.message = message
    }

    init(_ error: any Error) {
        if let error = error as? SQLFailure {
            self = error
        } else if let error = error as? DatabaseError {
            self.code = error.extendedResultCode.rawValue
            self.message = error.message ?? String(cString: sqlite3_errstr(self.code))
        } else {
            self.code = SQLITE_ERROR
            self.message = String(describing: type(of: error))
        }
    }

    var primaryCode: Int32 { self.code & 0xFF }

    /// Whether the row is at fault and not the storage: another row may well be written.
    var isOfTheRow: Bool {
        [SQLITE_CONSTRAINT, SQLITE_MISMATCH, SQLITE_TOOBIG, SQLITE_RANGE].contains(self.primaryCode)
    }

    var isFull: Bool { self.primaryCode == SQLITE_FULL }

    var description: String { "\(self.message) (SQLite \(self.code))" }
}
