import ARMModel

/// The subscriptions of which a caller may learn from a companion read: those that some allow rule for this caller
/// names among its targets, whatever its operations, and of which no deny rule keeps the read.
package struct SubscriptionScope: Sendable {
    private let globs: [Glob]
    private let denies: [SharedRule]
    private let request: PolicyRequest

    init(rules: [SharedRule], request: PolicyRequest) {
        self.request = request
        self.denies = rules.filter { $0.rule.effect == .deny }
        var globs: Set<Glob> = []
        for rule in rules.lazy.map(\.rule)
        where rule.effect == .allow && rule.principals?.truth(of: request.principal) == .holds {
            globs.formUnion((rule.targets ?? []).compactMap(\.subscription))
        }
        self.globs = Array(globs)
    }

    /// - Parameter subscription: its id, in any ASCII case.
    package func contains(_ subscription: String) -> Bool {
        guard self.globs.contains(where: { $0.matches(subscription) }) else { return false }
        var request = self.request
        request.target = ResourceTarget(subscription: subscription)
        let facts = RequestFacts(request)
        return self.denies.allSatisfy { RuleMatcher(rule: $0, facts: facts).truth == .fails }
    }
}
