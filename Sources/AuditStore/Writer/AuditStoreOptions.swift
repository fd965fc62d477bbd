/// How the record is kept.
package struct AuditStoreOptions: Sendable {
    package var path: String
    /// How long an append may wait to become durable.
    package var writeSeconds: Double = 5
    /// Bounds of what waits; beyond them an append is refused at once.
    package var maximumWaitingRows = 4096
    package var maximumWaitingBytes = 64 << 20
    /// How many rows one transaction takes at most.
    package var rowsPerCommit = 256
    /// Pages of 4 KiB after which the write-ahead log is copied into the database and begun anew.
    package var checkpointPages = 1000
    /// A database of at most so many pages; a write beyond fails like one on a full disk.
    package var maximumPages: Int?
    /// How long an operation is kept after its end.
    package var keepEndedSeconds: Double = 7 * 86_400
    /// How long an operation whose end was never seen, since nobody polled it to its end, is kept after its beginning.
    /// ARM's links are good for a day or so.
    package var keepOpenSeconds: Double = 30 * 86_400
    /// How long the answer to a command is kept, for repeats of it; then it is erased.
    package var keepAnswerSeconds: Double = 600
    /// How long a command of which nobody knows whether it ran holds back its repeats; then it counts as ended.
    package var unknownHoldSeconds: Double = 1800
    package var purgeSeconds: Double = 3600
    /// How often writing is tried while it fails, so that readiness returns by itself.
    package var probeSeconds: Double = 1
    /// Memory for operations that were begun or asked for lately: a thousand, if no long answer is kept. With more of it
    /// than a processor keeps at hand, each new command would cost more than the reads that this saves.
    package var operationCacheBytes = 1 << 20
    /// Ids of the keys whose values stand in rows, by purpose; each is noted once in the table `meta`.
    package var keyIDs: [String: String] = [:]
    /// Runs something when the caller's event loop has gone through what was ready, or at once where there is none:
    /// rows of one turn share a transaction without waiting for it.
    package var atEndOfTurn: @Sendable (@escaping @Sendable () -> Void) -> Void = { $0() }

    package init(path: String) { self.path = path }
}
