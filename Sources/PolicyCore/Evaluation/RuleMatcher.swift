import ARMModel

/// A rule that is handed on by reference: it is made of many parts.
final class SharedRule: Sendable {
    let rule: Rule
    init(_ rule: Rule) { self.rule = rule }
}

/// Asks the conditions of one rule about one request.
struct RuleMatcher {
    private let shared: SharedRule
    let facts: RequestFacts

    init(rule: Rule, facts: RequestFacts) { self.init(rule: SharedRule(rule), facts: facts) }

    init(rule: SharedRule, facts: RequestFacts) {
        self.shared = rule
        self.facts = facts
    }

    var rule: Rule { self.shared.rule }

    /// All conditions together; stops at the first that fails.
    var truth: Truth {
        var all = Truth.holds
        for condition in Condition.inOrder {
            switch self.truth(of: condition) {
            case .holds: continue
            case .unknown: all = .unknown
            case .fails: return .fails
            }
        }
        return all
    }

    func truth(of condition: Condition) -> Truth {
        switch condition {
        case .operation: self.asked(self.rule.operations) { Truth($0.contains(self.facts.request.operation)) }
        case .family: self.family
        case .target: self.asked(self.rule.targets, self.target)
        case .principal: self.asked(self.rule.principals) { $0.truth(of: self.facts.caller) }
        case .apiVersion: Truth(self.rule.apiVersions?.contains(self.facts.request.apiVersion) ?? true)
        case .scriptAddress, .command, .storedSecrets, .managedIdentities, .runAs, .limits, .outputBlob, .errorBlob,
            .scriptShell:
            self.scriptTruth(of: condition)
        }
    }

    private var isAllow: Bool { self.rule.effect == .allow }

    /// A condition that an allow must name and a deny may leave out.
    private func asked<Value>(_ value: Value?, _ body: (Value) -> Truth) -> Truth {
        guard let value else { return self.isAllow ? .fails : .holds }
        return body(value)
    }

    private var family: Truth {
        if let family = self.rule.family { return Truth(family == self.facts.request.family) }
        return self.isAllow ? Truth(self.facts.request.family == .standard) : .holds
    }

    private func target(_ patterns: [TargetPattern]) -> Truth {
        let request = self.facts.request
        return patterns.reduce(.fails) {
            $0.or($1.truth(of: request.target, operation: request.operation, effect: self.rule.effect))
        }
    }

    /// Conditions about scripts, accounts and limits are asked where a script runs. Elsewhere an allow has nothing to
    /// fear from them, and a deny that names one does not concern the request.
    private func scriptTruth(of condition: Condition) -> Truth {
        guard self.facts.request.operation.runsScript else {
            return self.isAllow ? .holds : Truth(!self.names(condition))
        }
        guard let command = self.facts.command else { return self.isAllow ? .fails : .unknown }
        return self.isAllow ? self.allows(command, condition) : self.concerns(command, condition)
    }

    private func names(_ condition: Condition) -> Bool {
        switch condition {
        case .scriptAddress: self.rule.scriptAddresses != nil
        case .command: self.rule.commands != nil
        case .storedSecrets: self.rule.storedSecrets
        case .managedIdentities: self.rule.managedIdentities != nil
        case .runAs: self.rule.runAs != nil
        case .outputBlob: self.rule.outputBlobs != nil
        case .errorBlob: self.rule.errorBlobs != nil
        case .scriptShell: self.rule.scriptShells != nil
        case .operation, .family, .target, .principal, .apiVersion, .limits: false
        }
    }

    // MARK: Allow: every field is either listed or absent.

    private func allows(_ command: Command, _ condition: Condition) -> Truth {
        switch condition {
        case .scriptAddress:
            // A stored source that was not read may be an address: `.command` waits for it.
            guard case .address(let address, let identity) = ScriptOrigin(command) else { return .holds }
            return Truth(
                ScriptOrigin.obstacle(address, identity) == nil
                    && self.rule.scriptAddresses?.lists(address) ?? false)
        case .command:
            return self.rule.commands?.allows(command, keepsStored: self.rule.storedSecrets) ?? .fails
        case .storedSecrets:
            return self.rule.storedSecrets || !command.keepsStoredSecrets ? .holds : .unknown
        case .managedIdentities:
            return command.identities.reduce(.holds) { $0.and(self.allows($1)) }
        case .runAs:
            let accounts = self.rule.runAs ?? .defaultOnly
            return Self.truth(of: command.runAsUser) { accounts.contains($0, effect: .allow) }
        case .limits: return LimitCheck(self.rule.limits, command, self.facts.request.operation).truth
        case .outputBlob: return self.allows(command.outputBlob, self.rule.outputBlobs)
        case .errorBlob: return self.allows(command.errorBlob, self.rule.errorBlobs)
        case .scriptShell:
            return Self.truth(of: command.scriptShell) { shell in
                guard let shell else { return true }
                return self.rule.scriptShells?.contains(shell) ?? false
            }
        case .operation, .family, .target, .principal, .apiVersion: return .fails
        }
    }

    private func allows(_ identity: Known<ManagedIdentity?>) -> Truth {
        guard case .known(let identity) = identity else { return self.rule.storedSecrets ? .holds : .unknown }
        guard let identity else { return .holds }
        return Truth(self.rule.managedIdentities?.contains(identity) ?? false)
    }

    private func allows(_ address: Known<WebAddress?>, _ patterns: [BlobPattern]?) -> Truth {
        Self.truth(of: address) { address in
            guard let address else { return true }
            guard let patterns, BlobPattern.isPlain(address) else { return false }
            return patterns.contains { $0.matches(address) }
        }
    }

    // MARK: Deny: what is named must be used.

    private func concerns(_ command: Command, _ condition: Condition) -> Truth {
        switch condition {
        case .scriptAddress: return self.concernsAddress(of: command)
        case .command: return self.rule.commands?.denies(command) ?? .holds
        case .storedSecrets:
            guard self.rule.storedSecrets else { return .holds }
            return command.keepsStoredSecrets ? .unknown : .fails
        case .managedIdentities:
            guard let identities = self.rule.managedIdentities else { return .holds }
            return command.identities.reduce(.fails) { truth, identity in
                truth.or(Self.truth(of: identity) { $0.map(identities.contains) ?? false })
            }
        case .runAs:
            guard let accounts = self.rule.runAs else { return .holds }
            return Self.truth(of: command.runAsUser) { accounts.contains($0, effect: .deny) }
        case .limits: return .holds
        case .outputBlob: return Self.concerns(command.outputBlob, self.rule.outputBlobs)
        case .errorBlob: return Self.concerns(command.errorBlob, self.rule.errorBlobs)
        case .scriptShell:
            guard let shells = self.rule.scriptShells else { return .holds }
            guard case .known(let shell) = command.scriptShell else { return .unknown }
            // What Azure takes where none is named is not documented; it is taken to be `Default`.
            guard let shell else { return shells.contains("Default") ? .unknown : .fails }
            return Truth(shells.contains { ASCIICase.areEqual($0, shell) })
        case .operation, .family, .target, .principal, .apiVersion: return .holds
        }
    }

    private func concernsAddress(of command: Command) -> Truth {
        guard let addresses = self.rule.scriptAddresses else { return .holds }
        switch ScriptOrigin(command) {
        case .elsewhere: return .fails
        case .unknown: return .unknown
        case .address(let address, _):
            if addresses.lists(address) { return .holds }
            // Which host an odd spelling means (an IP address, a dot at the end) cannot be told.
            return ScriptAddressRule.problem(withHost: address.host) == nil ? .fails : .unknown
        }
    }

    private static func concerns(_ address: Known<WebAddress?>, _ patterns: [BlobPattern]?) -> Truth {
        guard let patterns else { return .holds }
        guard case .known(let address) = address else { return .unknown }
        guard let address else { return .fails }
        // Which blob an odd spelling ends at cannot be told.
        guard BlobPattern.isPlain(address) else { return .unknown }
        return Truth(patterns.contains { $0.matches(address) })
    }

    static func truth<Value>(of value: Known<Value>, _ test: (Value) -> Bool) -> Truth {
        guard case .known(let value) = value else { return .unknown }
        return Truth(test(value))
    }
}
