import GRDB
import Logging
import Synchronization

/// Answers that did not reach their callers, on their way to the table of operations: all that come together share one
/// transaction.
final class UndeliveredMarks: Sendable {
    private struct State {
        var waiting: [String] = []
        /// Marked before their operation was written: a row that was late comes after its answer.
        var early: Set<String> = []
    }

    /// Beyond it a mark is dropped: a repeat without a client request id is then taken for a new request.
    private static let most = 4_096
    private let state = Mutex(State())
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// - Returns: whether somebody must see to it that ``write(_:operations:)`` is called.
    func add(_ id: String) -> Bool {
        let (isFirst, isTaken) = self.state.withLock { state in
            guard state.waiting.count < Self.most else { return (false, false) }
            state.waiting.append(id)
            return (state.waiting.count == 1, true)
        }
        if !isTaken { self.tell("too many are waiting", count: 1) }
        return isFirst
    }

    /// On the writer's thread, between transactions; `nil` if the writer has stopped.
    func write(_ db: Database?, operations: OperationCache) {
        let ids = self.state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        guard !ids.isEmpty else { return }
        guard let db else { return self.tell("the record is closed", count: ids.count) }
        do {
            var missing: [String] = []
            try db.inTransaction(.immediate) {
                let statement = try db.cachedStatement(
                    sql: "UPDATE operation SET undelivered = 1 WHERE id = ? AND undelivered = 0")
                for id in ids {
                    try statement.execute(arguments: [id])
                    let isThere =
                        try db.changesCount > 0
                        || Bool.fetchOne(db, sql: "SELECT 1 FROM operation WHERE id = ?", arguments: [id]) ?? false
                    if !isThere { missing.append(id) }
                }
                return .commit
            }
            operations.markUndelivered(ids)
            if !missing.isEmpty {
                self.state.withLock { state in
                    // Those of rows that were never written stay behind.
                    if state.early.count + missing.count > Self.most { state.early = [] }
                    state.early.formUnion(missing)
                }
            }
        } catch {
            self.tell(SQLFailure(error).description, count: ids.count)
        }
    }

    /// An operation has been written.
    /// - Returns: whether its mark came before it, and has to be written now.
    func began(_ id: String) -> Bool {
        self.state.withLock { state in
            guard !state.early.isEmpty, state.early.remove(id) != nil else { return false }
            state.waiting.append(id)
            return true
        }
    }

    /// For those who could not have their mark written.
    func drop() {
        let count = self.state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting.count
        }
        if count > 0 { self.tell("the record is closed", count: count) }
    }

    private func tell(_ reason: String, count: Int) {
        self.logger.warning(
            "answers that did not reach their callers could not be noted",
            metadata: ["answers": "\(count)", "reason": "\(reason)"])
    }
}
