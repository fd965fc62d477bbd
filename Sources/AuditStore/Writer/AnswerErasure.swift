import GRDB
import GatewayEnforcement
import Synchronization

/// Erases kept answers whose time is over, and ends the holds of unknown outcomes. Runs on the writer's thread, a little
/// at a time, and only when something is due: the time of the next erasure is known from what was begun.
final class AnswerErasure: Sendable {
    private struct State {
        /// Milliseconds since 1970; 0 at first, since a start has to look.
        var nextDue: Int64 = 0
        /// What was begun before has no answer left. Open operations, which may be many, stay in the same index.
        var erasedBefore: Int64 = .min
        /// Erased bytes still stand in the write-ahead log, or may, since a gateway that was killed may have left them.
        var leavesTraces = true
    }

    /// At most so long after its time is a thing erased: what comes due meanwhile goes with it.
    private static let pauseMilliseconds: Int64 = 15_000
    private let state = Mutex(State())
    private let keepMilliseconds: Int64
    private let holdMilliseconds: Int64

    init(options: AuditStoreOptions) {
        self.keepMilliseconds = Int64(options.keepAnswerSeconds * 1000)
        self.holdMilliseconds = Int64(options.unknownHoldSeconds * 1000)
    }

    /// When something is due; `nil` while nothing is kept.
    var nextDue: Int64? { self.state.withLock { $0.nextDue == .max ? nil : $0.nextDue } }

    /// Something was begun that has to be erased one day, or ended.
    func began(_ operation: StoredOperation) {
        let isKept = operation.answer != nil
        let isHeld = operation.isUnknown && operation.endedMilliseconds == nil
        guard isKept || isHeld else { return }
        let erased = isKept ? operation.createdMilliseconds + self.keepMilliseconds : .max
        let ended = isHeld ? operation.createdMilliseconds + self.holdMilliseconds : .max
        self.state.withLock { state in
            state.nextDue = min(state.nextDue, min(erased, ended) + 1)
            state.erasedBefore = min(state.erasedBefore, operation.createdMilliseconds)
        }
    }

    /// The answer of an operation is gone when its time is over, whether it was erased already or not.
    func withoutOldAnswer(_ operation: StoredOperation, now: Int64) -> StoredOperation {
        guard operation.answer != nil, operation.createdMilliseconds < now - self.keepMilliseconds else {
            return operation
        }
        var operation = operation
        operation.answer = nil
        return operation
    }

    /// One piece, in short transactions. A failure is to be tried again after the pause.
    /// - Returns: whether nothing more is due.
    func run(_ db: Database, atMost count: Int, now: Int64, operations: OperationCache) throws -> Bool {
        let from = self.state.withLock { state in
            state.nextDue = now + Self.pauseMilliseconds
            return state.erasedBefore
        }
        let erasedBefore = now - self.keepMilliseconds
        try db.execute(
            sql: """
                UPDATE operation SET answerStatus = NULL, answerRetryAfter = NULL, answerBody = NULL,
                answerBodyIsKept = NULL WHERE rowid IN
                (SELECT rowid FROM operation WHERE \(SchemaVersion3.recent) AND answerStatus IS NOT NULL
                    AND created >= ? AND created < ? LIMIT ?)
                """, arguments: [from, erasedBefore, count])
        let erased = db.changesCount
        if erased > 0 { self.state.withLock { $0.leavesTraces = true } }
        let heldBefore = now - self.holdMilliseconds
        try db.execute(
            sql: """
                UPDATE operation SET ended = ? WHERE rowid IN
                (SELECT rowid FROM operation WHERE isUnknown = 1 AND ended IS NULL AND created < ? LIMIT ?)
                """, arguments: [now, heldBefore, count])
        let ended = db.changesCount
        if ended > 0 { operations.endHolds(begunBefore: heldBefore, atMilliseconds: now) }
        guard erased < count, ended < count else {
            self.state.withLock { $0.nextDue = now }
            return false
        }
        operations.eraseAnswers(begunBefore: erasedBefore)
        // On the writer's thread, as all that begins: nothing came meanwhile.
        self.state.withLock { $0.erasedBefore = erasedBefore }
        let leavesTraces = self.state.withLock(\.leavesTraces)
        let isTraceless = try !leavesTraces || Self.emptyLog(db)
        let next = try self.next(db, from: erasedBefore)
        self.state.withLock { state in
            state.leavesTraces = !isTraceless
            state.nextDue = isTraceless ? next.map { max($0, now + Self.pauseMilliseconds) } ?? .max : state.nextDue
        }
        return true
    }

    private func next(_ db: Database, from: Int64) throws -> Int64? {
        let kept = try Int64.fetchOne(
            db,
            sql: """
                SELECT created FROM operation WHERE \(SchemaVersion3.recent) AND answerStatus IS NOT NULL
                    AND created >= ? ORDER BY created LIMIT 1
                """, arguments: [from])
        let held = try Int64.fetchOne(
            db,
            sql: "SELECT created FROM operation WHERE isUnknown = 1 AND ended IS NULL ORDER BY created LIMIT 1")
        let due = [kept.map { $0 + self.keepMilliseconds }, held.map { $0 + self.holdMilliseconds }]
        return due.compactMap { $0 }.min().map { $0 + 1 }
    }

    /// Copies the write-ahead log into the file and cuts it to nothing: it holds pages as they were before the erasure.
    /// - Returns: `false` if a reader needs it; rows do not wait for one.
    private static func emptyLog(_ db: Database) throws -> Bool {
        let timeout = try Int.fetchOne(db, sql: "PRAGMA busy_timeout") ?? 0
        try db.execute(sql: "PRAGMA busy_timeout = 0")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = \(timeout)") }
        return try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") == 0
    }
}
