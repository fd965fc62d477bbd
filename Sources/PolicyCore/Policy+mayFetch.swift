import ARMModel

extension Policy {
    /// Whether any rule lets the gateway fetch scripts at all.
    package var fetchesScripts: Bool {
        self.rules.contains { $0.effect == .allow && $0.scriptAddresses != nil }
    }

    /// For a command whose source is an address that has not been fetched: whether its script may be fetched, so that
    /// ``decide(_:)`` can judge it. What is fetched must still be decided about.
    ///
    /// Stored values that are unknown in an update may become known, and the script will; anything else that is unknown
    /// stays so, and counts as it does in a decision.
    package func mayFetch(_ request: PolicyRequest) -> FetchPermission {
        guard let awaiting = request.awaitingScript else { return .refused(self.decide(request)) }
        if let refusal = self.refusalOfItself(request) { return .refused(refusal) }
        let facts = RequestFacts(awaiting)
        if let denying = self.denies.candidates(for: facts).lazy.map({ self.shared[$0] }).first(where: {
            Self.isCertain($0, facts)
        }) {
            return .refused(self.denial(by: denying.rule, RuleMatcher(rule: denying, facts: facts).truth))
        }
        let sizes = self.allows.candidates(for: facts).compactMap { index -> Int? in
            let matcher = RuleMatcher(rule: self.shared[index], facts: facts)
            let isPossible = Condition.inOrder.allSatisfy { Self.mayHold($0, matcher.truth(of: $0), facts) }
            return isPossible ? self.rules[index].scriptAddresses?.maximumBytes : nil
        }
        if let most = sizes.max() { return .granted(maximumBytes: most) }
        return .refused(self.denial(of: facts) { Self.mayHold($0, $1, facts) })
    }

    /// The subscriptions that the answer to a companion read may show to its caller.
    package func subscriptions(visibleTo request: PolicyRequest) -> SubscriptionScope {
        SubscriptionScope(rules: self.shared, request: request)
    }

    private static func mayHold(_ condition: Condition, _ truth: Truth, _ facts: RequestFacts) -> Bool {
        truth == .holds || (truth == .unknown && self.mayBecomeKnown(condition, facts))
    }

    /// Whether a deny applies whatever the script and the stored values turn out to be.
    private static func isCertain(_ rule: SharedRule, _ facts: RequestFacts) -> Bool {
        let matcher = RuleMatcher(rule: rule, facts: facts)
        return Condition.inOrder.allSatisfy { condition in
            switch matcher.truth(of: condition) {
            case .holds: true
            case .fails: false
            case .unknown: !self.mayBecomeKnown(condition, facts)
            }
        }
    }

    private static func mayBecomeKnown(_ condition: Condition, _ facts: RequestFacts) -> Bool {
        switch condition {
        case .operation, .family, .target, .principal, .apiVersion: false
        case .command: true
        case .scriptAddress, .storedSecrets, .managedIdentities, .runAs, .limits, .outputBlob, .errorBlob, .scriptShell:
            facts.request.operation == .update
        }
    }
}
