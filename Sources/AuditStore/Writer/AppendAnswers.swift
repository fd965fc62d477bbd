import GatewayEnforcement

/// What is to be told to whom once a batch of rows has been dealt with.
struct AppendAnswers: Sendable {
    typealias Waiter = CheckedContinuation<Result<AuditIndex, AuditLogError>, Never>

    /// Those who wait for a row, in the order of the rows.
    var told: [(Waiter, Result<AuditIndex, AuditLogError>)] = []
    /// Rows that became durable after their callers had been told of a time-out.
    var late = 0
    /// What those rows changed, of which nobody hears.
    var unheard: [OperationChange] = []

    func tell() {
        for (waiter, answer) in self.told { waiter.resume(returning: answer) }
    }
}
