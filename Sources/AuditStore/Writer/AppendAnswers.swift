import GatewayEnforcement

/// What is to be told once a batch of rows has been dealt with: first to those who wait, then to the log and the metrics.
struct AppendAnswers: Sendable {
    /// Those who wait for a row, in the order of the rows.
    var told: [(PendingAppend.Waiter, Result<AuditIndex, AuditLogError>)] = []
    /// Rows that became durable after their callers had been told of a time-out.
    var late = 0
    /// What those rows changed, of which nobody hears.
    var unheard: [OperationChange] = []
    /// Why rows could not be written, and how many.
    var failure: String?
    var failed = 0
    /// Rows can be written again.
    var hasRecovered = false

    func tellWaiters() {
        for (waiter, answer) in self.told { waiter.resume(returning: answer) }
    }
}
