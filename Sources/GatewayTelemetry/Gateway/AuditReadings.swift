/// How the record is doing at one moment, in plain numbers.
package struct AuditReadings: Sendable, Hashable {
    package var isWritable: Bool
    /// Handed in and not yet durable.
    package var waitingRecords: Int
    /// Since the start of the process, as are all that follow but the last commit's time.
    package var commits: Int
    package var records: Int
    package var failedRecords: Int
    /// Not durable within `audit.writeSeconds`.
    package var timedOutRecords: Int
    /// `nil` before the first commit.
    package var lastCommitSeconds: Double?
    /// The time of all commits; `nil` where nobody adds it up.
    package var commitSeconds: Double?
    /// Operations begun and not ended, also before a restart; `nil` where the record does not say.
    package var openOperations: Int?

    package init(
        isWritable: Bool, waitingRecords: Int = 0, commits: Int = 0, records: Int = 0, failedRecords: Int = 0,
        timedOutRecords: Int = 0, lastCommitSeconds: Double? = nil, commitSeconds: Double? = nil,
        openOperations: Int? = nil
    ) {
        self.isWritable = isWritable
        self.waitingRecords = waitingRecords
        self.commits = commits
        self.records = records
        self.failedRecords = failedRecords
        self.timedOutRecords = timedOutRecords
        self.lastCommitSeconds = lastCommitSeconds
        self.commitSeconds = commitSeconds
        self.openOperations = openOperations
    }
}
