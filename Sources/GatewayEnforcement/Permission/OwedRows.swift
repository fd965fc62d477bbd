import AuditModel
import Synchronization

/// Rows about what ARM answered that the record could not take when they were due: written, in their order, as soon
/// as it takes rows again, so that no decision to allow stays without what came of it.
///
/// While the record fails no new command goes out, so what is owed is bounded by what was on its way.
final class OwedRows: Sendable {
    enum Row: Sendable {
        case plain(AuditEntry)
        /// The `response` that begins an operation.
        case begin(AuditEntry, id: String)
        /// The `outcome` that ends one.
        case end(AuditEntry, id: String, target: String, atMilliseconds: Int64)
    }

    private struct State {
        var rows: [Row] = []
        var isPaying = false
    }

    private static let most = 4_096
    /// Somebody's request waits meanwhile.
    private static let mostAtOnce = 64
    private let state = Mutex(State())

    var count: Int { self.state.withLock { $0.rows.count } }

    func owe(_ row: Row) {
        self.state.withLock { state in
            guard state.rows.count < Self.most else { return }
            if case .end(_, let id, _, _) = row {
                let isOwed = state.rows.contains { if case .end(_, id, _, _) = $0 { true } else { false } }
                if isOwed { return }
            }
            state.rows.append(row)
        }
    }

    /// Writes what is owed until a row fails. Called after a row was written, and does nothing if nothing is owed.
    func pay(to log: any AuditLog, registry: OperationRegistry) async {
        let mayPay = self.state.withLock { state in
            guard !state.isPaying, !state.rows.isEmpty else { return false }
            state.isPaying = true
            return true
        }
        guard mayPay else { return }
        for _ in 0..<Self.mostAtOnce {
            guard let row = self.state.withLock({ $0.rows.first }),
                await Self.paid(row, to: log, registry: registry)
            else { break }
            self.state.withLock { state in
                if !state.rows.isEmpty { state.rows.removeFirst() }
            }
        }
        self.state.withLock { $0.isPaying = false }
    }

    /// - Returns: whether the row is owed no more.
    private static func paid(_ row: Row, to log: any AuditLog, registry: OperationRegistry) async -> Bool {
        switch row {
        case .plain(let entry): return await self.append(entry, nil, to: log) != .notYet
        case .begin(let entry, let id):
            guard registry.claimEnd(of: id) else { return false }
            defer { registry.releaseEnd(of: id) }
            let result = await self.append(entry, registry.unrecorded(id).map { .begin($0) }, to: log)
            if result == .written { registry.recorded(id) }
            return result != .notYet
        case .end(let entry, let id, let target, let time):
            guard registry.claimEnd(of: id) else { return false }
            defer { registry.releaseEnd(of: id) }
            var change: OperationChange? = .end(id: id, atMilliseconds: time)
            if let operation = registry.unrecorded(id) {
                if operation.endedMilliseconds != nil { return true }
                change = nil
            }
            let result = await self.append(entry, change, to: log)
            if result != .notYet { registry.ended(id, target: target, atMilliseconds: time) }
            return result != .notYet
        }
    }

    private enum Result { case written, notNeeded, notYet }

    private static func append(_ entry: AuditEntry, _ change: OperationChange?, to log: any AuditLog) async -> Result {
        do throws(AuditLogError) {
            _ = try await log.append(entry, change: change)
            return .written
        } catch {
            // A row that timed out is in line already and would stand there twice.
            return error == .alreadyEnded || error == .timedOut ? .notNeeded : .notYet
        }
    }
}
