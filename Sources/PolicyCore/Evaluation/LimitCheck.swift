import ARMModel

/// A rule's limits against a command. An action has none of the fields: nothing is asked of it, since a rule whose
/// limit an action could exceed does not load.
struct LimitCheck {
    let timeout: Truth
    let asyncExecution: Truth
    let deploymentFailure: Truth

    init(_ limits: Limits, _ facts: CommandFacts, _ operation: Operation) {
        if case .run = operation {
            self.timeout = Truth((limits.timeoutSeconds ?? Limits.actionSeconds) >= Limits.actionSeconds)
            self.asyncExecution = .holds
            self.deploymentFailure = .holds
            return
        }
        self.timeout =
            limits.timeoutSeconds.map { most in
                RuleMatcher.truth(of: facts.command.timeoutSeconds) { ($0 ?? 0) <= most }
            } ?? .holds
        self.asyncExecution = Self.flag(facts.command.asyncExecution, limits.asyncExecution)
        self.deploymentFailure = Self.flag(
            facts.command.treatFailureAsDeploymentFailure, limits.treatFailureAsDeploymentFailure)
    }

    private static func flag(_ value: Known<Bool?>, _ wanted: Bool?) -> Truth {
        guard let wanted else { return .holds }
        return RuleMatcher.truth(of: value) { ($0 ?? false) == wanted }
    }

    var truth: Truth { self.timeout.and(self.asyncExecution).and(self.deploymentFailure) }
}
