package import AuditModel

/// The place of a row in the record: proof that it is durable. Only an audit log makes one.
package struct AuditIndex: Sendable, Hashable, Comparable {
    package let value: Int64
    package init(durable value: Int64) { self.value = value }
    package static func < (a: AuditIndex, b: AuditIndex) -> Bool { a.value < b.value }
}

/// A change to the table of operations that commits together with a row of the record.
package indirect enum OperationChange: Sendable, Hashable {
    case begin(StoredOperation)
    /// Marks the operation ended; the row is written only if it was not ended before (an outcome is recorded once).
    case end(id: String, atMilliseconds: Int64)
}

/// Why a row could not be made durable.
package enum AuditLogError: Error, Hashable {
    /// The write failed (full disk, damaged file); the text is for the log, without row contents.
    case writeFailed(String)
    /// Not durable within the configured time; it may still become so.
    case timedOut
    case closed
    /// `OperationChange.end` found the operation ended already or missing; nothing was written.
    case alreadyEnded
}

/// The record. Appending returns a durable index or an error; a caller that leaves does not stop an append.
package protocol AuditLog: Sendable {
    func append(_ entry: AuditEntry, change: OperationChange?) async throws(AuditLogError) -> AuditIndex
    /// The operation with this id, ended or not, while it is kept.
    func operation(id: String) async throws(AuditLogError) -> StoredOperation?
    /// Operations begun at `milliseconds` since 1970 or later, oldest first, without links and bodies of answers: what
    /// repeats are measured against after a restart.
    func operations(sinceMilliseconds: Int64) async throws(AuditLogError) -> [StoredOperation]
    /// Allowed runs, creations and updates decided at that time or later, forwarded (not repeats), with neither a
    /// `response` nor an `outcome`, oldest first. After a crash also older ones, which the process that died left so.
    func unansweredCommands(sinceMilliseconds: Int64) async throws(AuditLogError) -> [UnansweredCommand]
    /// Notes durably that the answer to this operation's request did not reach its caller. Best effort: what fails is
    /// told in the log.
    func markUndelivered(id: String)
    /// Notes durably that a repeat's caller got this operation's answer, so that it serves no other. Best effort, like
    /// ``markUndelivered(id:)``.
    func markServed(id: String)
    /// Whether the last write worked and rows can be taken.
    var isWritable: Bool { get }
}
