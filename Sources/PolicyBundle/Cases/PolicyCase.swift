package import PolicyCore
package import YAMLReading

/// One case of a bundle's `tests/`: a request, and what the policy should say about it.
package struct PolicyCase: Sendable {
    package struct Expectation: Sendable, Hashable {
        package var effect: Decision.Effect
        /// The rule that allows, or the deny rule that applies.
        package var rule: String?
        /// The code of one reason of a denial.
        package var reason: String?
        /// The time-out that must be written in.
        package var timeoutSeconds: Int?

        /// Whether the script behind `scriptUri` may be fetched to be judged.
        package var mayFetch: Bool?

        package init(
            effect: Decision.Effect, rule: String? = nil, reason: String? = nil, timeoutSeconds: Int? = nil,
            mayFetch: Bool? = nil
        ) {
            self.effect = effect
            self.rule = rule
            self.reason = reason
            self.timeoutSeconds = timeoutSeconds
            self.mayFetch = mayFetch
        }
    }

    package var name: String
    /// Where the case stands.
    package var mark: YAMLMark
    package var request: PolicyRequest
    package var expectation: Expectation

    /// What differs from what was expected, a sentence each; empty if the case passes.
    package func failures(against policy: Policy) -> [String] {
        let decision = policy.decide(self.request)
        var failures: [String] = []
        if decision.effect != self.expectation.effect {
            failures.append("expected \(self.expectation.effect.rawValue), got \(decision.effect.rawValue)")
        }
        if let rule = self.expectation.rule, decision.rule != rule {
            failures.append("expected rule \(rule), got \(decision.rule ?? "none")")
        }
        if let reason = self.expectation.reason, !decision.reasons.contains(where: { $0.code == reason }) {
            let codes = decision.reasons.map(\.code).joined(separator: ", ")
            failures.append("expected reason \(reason), got \(codes.isEmpty ? "none" : codes)")
        }
        if let seconds = self.expectation.timeoutSeconds, decision.obligations.timeoutSeconds != seconds {
            let got = decision.obligations.timeoutSeconds.map(String.init) ?? "none"
            failures.append("expected the time-out \(seconds) to be written in, got \(got)")
        }
        if let wanted = self.expectation.mayFetch {
            let isGranted = if case .granted = policy.mayFetch(self.request) { true } else { false }
            if isGranted != wanted {
                failures.append(
                    "expected that the script \(wanted ? "may" : "may not") be fetched, but it "
                        + (isGranted ? "may" : "may not"))
            }
        }
        return failures
    }
}
