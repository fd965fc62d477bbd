import GRDB
import Logging
import Synchronization

/// What became of an operation's answer. Each mark is set once and stays.
struct DeliveryMark: Sendable, Hashable {
    enum Kind: Sendable, CaseIterable {
        /// It did not reach its caller.
        case undelivered
        /// A repeat of the request was given it whole.
        case served

        fileprivate var column: String {
            switch self {
            case .undelivered: "undelivered"
            case .served: "served"
            }
        }
    }

    var id: String
    var kind: Kind
}

/// Marks on their way to the table of operations: all that come together share one transaction.
final class DeliveryMarks: Sendable {
    private struct State {
        var waiting: [DeliveryMark] = []
        /// Made before their operation was written: a row that was late comes after its answer.
        var early: Set<DeliveryMark> = []
    }

    /// Beyond it a mark is dropped: after a restart a repeat without a client request id is then taken for a new request,
    /// or a new one is given an old answer again.
    private static let most = 4_096
    private let state = Mutex(State())
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    /// - Returns: whether somebody must see to it that ``write(_:operations:)`` is called.
    func add(_ mark: DeliveryMark) -> Bool {
        let (isFirst, isTaken) = self.state.withLock { state in
            guard state.waiting.count < Self.most else { return (false, false) }
            state.waiting.append(mark)
            return (state.waiting.count == 1, true)
        }
        if !isTaken { self.tell("too many are waiting", count: 1) }
        return isFirst
    }

    /// On the writer's thread, between transactions; `nil` if the writer has stopped.
    func write(_ db: Database?, operations: OperationCache) {
        let marks = self.state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        guard !marks.isEmpty else { return }
        guard let db else { return self.tell("the record is closed", count: marks.count) }
        do {
            var missing: [DeliveryMark] = []
            try db.inTransaction(.immediate) {
                for mark in marks {
                    let column = mark.kind.column
                    let statement = try db.cachedStatement(
                        sql: "UPDATE operation SET \(column) = 1 WHERE id = ? AND \(column) = 0")
                    try statement.execute(arguments: [mark.id])
                    let isThere =
                        try db.changesCount > 0
                        || Bool.fetchOne(db, sql: "SELECT 1 FROM operation WHERE id = ?", arguments: [mark.id]) ?? false
                    if !isThere { missing.append(mark) }
                }
                return .commit
            }
            operations.note(marks)
            if !missing.isEmpty {
                self.state.withLock { state in
                    // Those of rows that were never written stay behind.
                    if state.early.count + missing.count > Self.most { state.early = [] }
                    state.early.formUnion(missing)
                }
            }
        } catch {
            self.tell(SQLFailure(error).description, count: marks.count)
        }
    }

    /// An operation has been written.
    /// - Returns: whether a mark came before it, and has to be written now.
    func began(_ id: String) -> Bool {
        self.state.withLock { state in
            guard !state.early.isEmpty else { return false }
            let marks = DeliveryMark.Kind.allCases.compactMap { state.early.remove(DeliveryMark(id: id, kind: $0)) }
            state.waiting += marks
            return !marks.isEmpty
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
            "what became of answers to callers could not be noted",
            metadata: ["answers": "\(count)", "reason": "\(reason)"])
    }
}
