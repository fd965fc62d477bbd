import ARMModel

/// A loaded set of rules: answers whether a request may go to Azure. Immutable, synchronous, and without a clock.
///
/// Nothing matches: deny. A deny rule that applies wins over every allow. An allow needs all its conditions to hold;
/// a deny applies unless one of them fails, so what cannot be known denies.
package final class Policy: Sendable {
    /// Digest of the bundle that the rules come from.
    package let digest: String
    /// In the order of the bundle; where several rules allow, the first speaks.
    package let rules: [Rule]
    /// The same rules, as they are asked.
    let shared: [SharedRule]
    let allows: RuleIndex
    let denies: RuleIndex

    package init(rules: [Rule], digest: String) {
        self.rules = rules
        self.shared = rules.map(SharedRule.init)
        self.digest = digest
        self.allows = RuleIndex(rules, effect: .allow)
        self.denies = RuleIndex(rules, effect: .deny)
    }

    /// The answer for a request of which all is known that ever will be.
    package func decide(_ request: consuming PolicyRequest) -> Decision {
        if let refusal = self.refusalOfItself(request) { return refusal }
        let facts = RequestFacts(request)
        for index in self.denies.candidates(for: facts) {
            let truth = RuleMatcher(rule: self.shared[index], facts: facts).truth
            if truth != .fails { return self.denial(by: self.rules[index], truth) }
        }
        for index in self.allows.candidates(for: facts) {
            var entry: CommandRule?
            let truth = RuleMatcher(rule: self.shared[index], facts: facts).truth(by: &entry)
            if truth == .holds { return self.permission(by: self.shared[index], entry, facts) }
        }
        return self.denial(of: facts) { $1 == .holds }
    }

    /// For an update whose stored command has not been read: whether any rule could still allow it. A script that is
    /// to be fetched from an address is unknown as well.
    ///
    /// - Returns: `nil` if reading the stored command may lead to an allow; else the decision that denies, which no
    ///   stored value could change.
    package func couldAllow(_ request: PolicyRequest) -> Decision? {
        if let refusal = self.refusalOfItself(request) { return refusal }
        let facts = RequestFacts(request.awaitingScript ?? request)
        for index in self.denies.candidates(for: facts) {
            let truth = RuleMatcher(rule: self.shared[index], facts: facts).truth
            if truth == .holds { return self.denial(by: self.rules[index], truth) }
        }
        for index in self.allows.candidates(for: facts)
        where RuleMatcher(rule: self.shared[index], facts: facts).truth != .fails {
            return nil
        }
        return self.denial(of: facts) { $1 != .fails }
    }

    /// Every condition of every rule, for explaining.
    package func evaluate(_ request: PolicyRequest) -> [RuleEvaluation] {
        let facts = RequestFacts(request)
        return self.shared.map { shared in
            let rule = shared.rule
            let matcher = RuleMatcher(rule: shared, facts: facts)
            return RuleEvaluation(
                rule: rule.id, effect: rule.effect,
                answers: Condition.inOrder.map { condition in
                    let truth = matcher.truth(of: condition)
                    let explains = rule.effect == .allow && truth != .holds
                    return RuleEvaluation.Answer(
                        condition: condition, truth: truth,
                        reasons: explains ? matcher.reasons(for: condition) : [])
                })
        }
    }

    // MARK: Answers

    /// What no rule can allow.
    func refusalOfItself(_ request: PolicyRequest) -> Decision? {
        switch (request.operation, request.family) {
        case (.poll, _), (.run, .diagnostic):
            return self.denial(
                [Reason(code: .operationNotMediated, message: "No rule can allow this operation.", target: nil)])
        default: break
        }
        guard request.operation.runsScript else { return nil }
        let violations = request.floorViolations
        if violations.isEmpty { return nil }
        return self.denial(violations.map { Reason(code: .belowFloor, message: $0.message, target: $0.path) })
    }

    /// - Parameter entry: of the rule's commands, the one that covers what would run.
    private func permission(by shared: SharedRule, _ entry: CommandRule?, _ facts: RequestFacts) -> Decision {
        var obligations = Obligations()
        if let command = facts.command, facts.request.operation != .run,
            (command.command.timeoutSeconds.value.flatMap { $0 } ?? 0) <= 0
        {
            obligations.timeoutSeconds = shared.rule.limits.timeoutSeconds
        }
        return Decision(
            effect: .allow, rule: shared.rule.id, obligations: obligations,
            isAnyScript: entry?.isForAnyScript ?? false, scriptName: entry?.scriptName, policyDigest: self.digest)
    }

    /// As many reasons as a denial gives: a body may hold thousands of members that no rule lists.
    package static let mostReasons = 20

    private func denial(_ reasons: [Reason], by rule: String? = nil) -> Decision {
        Decision(
            effect: .deny, rule: rule, reasons: Array(reasons.prefix(Self.mostReasons)), policyDigest: self.digest)
    }

    func denial(by rule: Rule, _ truth: Truth) -> Decision {
        var message = "A rule denies this."
        if let description = rule.description { message = "A rule denies this: \(description)" }
        if truth == .unknown { message += " (A part of the request cannot be known, so the rule applies.)" }
        return self.denial([Reason(code: .deniedByRule, message: message, target: rule.id)], by: rule.id)
    }

    /// Nothing allows: which rule came nearest, and each condition that kept it from matching.
    func denial(of facts: RequestFacts, isMet: (Condition, Truth) -> Bool) -> Decision {
        var nearest: (matcher: RuleMatcher, missing: [Condition], distance: Int)?
        for shared in self.shared where shared.rule.effect == .allow {
            let matcher = RuleMatcher(rule: shared, facts: facts)
            let bound = nearest?.distance ?? .max
            var missing: [Condition] = []
            var distance = 0
            for condition in Condition.inOrder where !isMet(condition, matcher.truth(of: condition)) {
                missing.append(condition)
                distance += Self.distance(of: condition, matcher)
                if distance >= bound { break }
            }
            if distance < bound { nearest = (matcher, missing, distance) }
            // No rule lacks less than one condition, or it would have allowed.
            if distance == 1 { break }
        }
        guard let nearest else {
            return self.denial([Reason(code: .noRule, message: "The policy has no rule that allows.", target: nil)])
        }
        let told = nearest.matcher.withoutConsequences(nearest.missing)
        return self.denial(told.flatMap { nearest.matcher.reasons(for: $0) })
    }

    /// How far off a rule is by one condition that it lacks: a rule for another operation speaks of something else,
    /// a wrong script is farther off than a wrong parameter of the right one, and a rule that takes no script from an
    /// address farther than one that does not take it from this one.
    private static func distance(of condition: Condition, _ matcher: RuleMatcher) -> Int {
        switch condition {
        case .operation, .family: 4
        case .command: matcher.identifiesSource ? 1 : 2
        case .scriptAddress: matcher.rule.scriptAddresses == nil ? 2 : 1
        default: 1
        }
    }
}

extension Reason {
    fileprivate init(code: ReasonCode, message: String, target: String?) {
        self.init(code: code.rawValue, message: message, target: target)
    }
}
