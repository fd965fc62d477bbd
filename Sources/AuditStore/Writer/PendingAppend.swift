import AuditModel
import Dispatch
import GRDB
import GatewayEnforcement

/// A row on its way to the disk, and who waits for it.
struct PendingAppend: Sendable {
    /// Resumed once, by whoever takes it out of its row under the queue's lock: the writer, the time-out or the end.
    typealias Waiter = UnsafeContinuation<Result<AuditIndex, AuditLogError>, Never>

    /// One object, since a row is handed on several times and is made of many parts.
    private final class Content: Sendable {
        let entry: AuditEntry
        let change: OperationChange?

        init(_ entry: AuditEntry, _ change: OperationChange?) {
            self.entry = entry
            self.change = change
        }
    }

    private let content: Content
    var entry: AuditEntry { self.content.entry }
    var change: OperationChange? { self.content.change }
    var bytes: Int
    /// On the clock that never steps (`DispatchTime`), nanoseconds.
    var deadline: UInt64
    /// `nil` once the caller was told of a time-out; the row goes on.
    var waiter: Waiter?

    init(entry: AuditEntry, change: OperationChange?, bytes: Int, deadline: UInt64, waiter: Waiter?) {
        self.content = Content(entry, change)
        self.bytes = bytes
        self.deadline = deadline
        self.waiter = waiter
    }

    /// About what the row costs while it waits.
    static func bytes(of entry: AuditEntry, change: OperationChange?) -> Int {
        var bytes = entry.bodies.reduce(512 + entry.canonical.count) { $0 + 64 + ($1.text?.count ?? 0) }
        if case .begin(let operation) = change { bytes += operation.answer?.body.count ?? 0 }
        return bytes
    }
}

/// Something else to be done on the writer's connection, between transactions; `nil` if the writer has stopped.
typealias WriterJob = @Sendable (Database?) -> Void
