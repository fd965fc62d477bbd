import ARMModel

/// A request with what every rule would otherwise work out again. One object, since it is handed to a matcher for each rule that is asked.
final class RequestFacts: Sendable {
    let request: PolicyRequest
    let caller: CallerFacts
    /// What would run; `nil` where no script runs by the operation, whatever the request carries.
    let command: Command?

    init(_ request: PolicyRequest) {
        self.request = request
        self.caller = CallerFacts(request.principal)
        self.command = request.operation.runsScript ? request.command : nil
    }
}
