/// How the record's writer is doing, at one moment.
package struct AuditStatistics: Sendable, Hashable {
    /// Rows handed in and not yet answered.
    package var waitingRows = 0
    package var waitingBytes = 0
    /// Transactions that became durable, and the rows in them, since the start.
    package var commits = 0
    package var rows = 0
    /// How long the last transaction took, from its first statement until it was durable.
    package var lastCommitNanoseconds: UInt64 = 0
    /// All transactions since the start.
    package var commitNanoseconds: UInt64 = 0
    package var failedRows = 0
    package var timedOutRows = 0
    /// Rows that became durable after their caller had been told of a time-out.
    package var lateRows = 0
    package var lastIndex: Int64 = 0
    /// Operations begun and not ended, without unknown outcomes: of those nobody knows whether anything runs.
    package var openOperations = 0

    package init() {}
}
