/// One thing that kept a request from being allowed, in words for the caller. Names members, never quotes values.
package struct Reason: Sendable, Hashable {
    /// Stable word for programs, e.g. `ScriptNotListed`, `PrincipalNotListed`.
    package var code: String
    /// A sentence for people.
    package var message: String
    /// The rule it speaks of, or a JSON path of the request.
    package var target: String?

    package init(code: String, message: String, target: String? = nil) {
        self.code = code
        self.message = message
        self.target = target
    }
}

/// What must be changed in the request as it is forwarded, because the rule that allows says so.
package struct Obligations: Sendable, Hashable {
    /// The time-out to write in, where the request has none; seconds.
    package var timeoutSeconds: Int?

    package init(timeoutSeconds: Int? = nil) { self.timeoutSeconds = timeoutSeconds }
}

/// The answer of the policy: what, by which rule, and why.
package struct Decision: Sendable, Hashable {
    package enum Effect: String, Sendable, Hashable { case allow, deny }

    package var effect: Effect
    /// The rule that allowed, or the deny rule that applied; `nil` when nothing matched.
    package var rule: String?
    /// For a denial: what kept the nearest rule from matching (its id is each reason's `target`).
    package var reasons: [Reason]
    package var obligations: Obligations
    /// Whether the allowing rule takes any script at all (`anyScript`), which is marked on record.
    package var isAnyScript: Bool
    /// Catalogue name of the allowed script, where it has one.
    package var scriptName: String?
    /// Digest of the bundle that decided.
    package var policyDigest: String

    package init(
        effect: Effect, rule: String?, reasons: [Reason] = [], obligations: Obligations = Obligations(),
        isAnyScript: Bool = false, scriptName: String? = nil, policyDigest: String
    ) {
        self.effect = effect
        self.rule = rule
        self.reasons = reasons
        self.obligations = obligations
        self.isAnyScript = isAnyScript
        self.scriptName = scriptName
        self.policyDigest = policyDigest
    }
}
