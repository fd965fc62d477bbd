import CSQLiteSettings

/// What a process asks of SQLite once, before it uses it.
package enum SQLiteProcess {
    /// SQLite counts the memory that it uses under a lock, at each of some hundred allocations a row. Nobody asks it.
    /// - Returns: `false` if SQLite is in use already, and goes on counting.
    @discardableResult package static func stopCountingMemory() -> Bool { csqlite_stop_counting_memory() == 0 }
}
