import ARMModel

/// A request by reference, since it is handed to a matcher for each rule that is asked.
final class RequestFacts: Sendable {
    let request: PolicyRequest
    /// What would run; `nil` where no script runs by the operation, whatever the request carries.
    let command: CommandFacts?

    init(_ request: consuming PolicyRequest) {
        self.command = request.operation.runsScript ? request.commandFacts : nil
        self.request = request
    }
}
