/// What one rule has to say about a request: for explaining, not for deciding.
package struct RuleEvaluation: Sendable, Hashable {
    package struct Answer: Sendable, Hashable {
        package var condition: Condition
        package var truth: Truth
        /// Why an allow's condition does not hold; empty where it does, and in a deny.
        package var reasons: [Reason]
    }

    package var rule: String
    package var effect: Decision.Effect
    package var answers: [Answer]

    /// All conditions together.
    package var truth: Truth { self.answers.reduce(.holds) { $0.and($1.truth) } }

    /// Whether the rule takes effect: an allow when all holds, a deny unless something fails.
    package var applies: Bool { self.effect == .allow ? self.truth == .holds : self.truth != .fails }
}
