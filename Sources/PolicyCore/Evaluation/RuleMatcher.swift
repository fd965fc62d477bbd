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

    init(rule: SharedRule, facts: RequestFacts) {
        self.shared = rule
        self.facts = facts
    }

    var rule: Rule { self.shared.rule }

    /// All conditions together; stops at the first that fails.
    var truth: Truth {
        var entry: CommandRule?
        return self.truth(by: &entry)
    }

    /// A function of its own, not part of each loop that asks: what it is given it does not have to keep alive.
    /// - Parameter entry: of an allow that holds, that of its commands which covers what would run.
    @inline(never)
    func truth(by entry: inout CommandRule?) -> Truth {
        let command = self.facts.command
        var all = Truth.holds
        for condition in Condition.inOrder {
            let truth =
                if condition == .command, self.isAllow, let command {
                    self.allows(command, by: &entry)
                } else {
                    self.truth(of: condition, command)
                }
            switch truth {
            case .holds: continue
            case .unknown: all = .unknown
            case .fails: return .fails
            }
        }
        return all
    }

    func truth(of condition: Condition) -> Truth { self.truth(of: condition, self.facts.command) }

    /// - Parameter command: that of the facts.
    private func truth(of condition: Condition, _ command: CommandFacts?) -> Truth {
        switch condition {
        case .operation: self.asked(self.shared.rule.operations) { Truth($0.contains(self.facts.request.operation)) }
        case .family: self.family
        case .target: self.asked(self.shared.rule.targets, self.target)
        case .principal: self.asked(self.shared.rule.principals) { $0.truth(of: self.facts.request.principal) }
        case .apiVersion: Truth(self.shared.rule.apiVersions?.contains(self.facts.request.apiVersion) ?? true)
        case .scriptAddress, .command, .storedSecrets, .managedIdentities, .runAs, .limits, .outputBlob, .errorBlob,
            .scriptShell:
            self.scriptTruth(of: condition, command)
        }
    }

    private var isAllow: Bool { self.shared.rule.effect == .allow }

    /// A condition that an allow must name and a deny may leave out.
    private func asked<Value>(_ value: Value?, _ body: (Value) -> Truth) -> Truth {
        guard let value else { return self.isAllow ? .fails : .holds }
        return body(value)
    }

    private var family: Truth {
        if let family = self.shared.rule.family { return Truth(family == self.facts.request.family) }
        return self.isAllow ? Truth(self.facts.request.family == .standard) : .holds
    }

    private func target(_ patterns: [TargetPattern]) -> Truth {
        var truth = Truth.fails
        for pattern in patterns {
            truth = truth.or(pattern.truth(of: self.facts, effect: self.shared.rule.effect))
            if truth == .holds { break }
        }
        return truth
    }

    /// Conditions about scripts, accounts and limits are asked where a script runs. Elsewhere an allow has nothing to
    /// fear from them, and a deny that names one does not concern the request.
    private func scriptTruth(of condition: Condition, _ command: CommandFacts?) -> Truth {
        if let command {
            return self.isAllow ? self.allows(command, condition) : self.concerns(command, condition)
        }
        if self.facts.request.operation.runsScript { return self.isAllow ? .fails : .unknown }
        return self.isAllow ? .holds : Truth(!self.names(condition))
    }

    private func names(_ condition: Condition) -> Bool {
        switch condition {
        case .scriptAddress: self.shared.rule.scriptAddresses != nil
        case .command: self.shared.rule.commands != nil
        case .storedSecrets: self.shared.rule.storedSecrets
        case .managedIdentities: self.shared.rule.managedIdentities != nil
        case .runAs: self.shared.rule.runAs != nil
        case .outputBlob: self.shared.rule.outputBlobs != nil
        case .errorBlob: self.shared.rule.errorBlobs != nil
        case .scriptShell: self.shared.rule.scriptShells != nil
        case .operation, .family, .target, .principal, .apiVersion, .limits: false
        }
    }

    // MARK: Allow: every field is either listed or absent.

    private func allows(_ facts: CommandFacts, _ condition: Condition) -> Truth {
        switch condition {
        case .scriptAddress:
            // A stored source that was not read may be an address: `.command` waits for it.
            guard facts.isFromAddress, case .address(let address, let identity) = ScriptOrigin(facts.command) else {
                return .holds
            }
            return Truth(
                ScriptOrigin.obstacle(address, identity) == nil
                    && self.shared.rule.scriptAddresses?.lists(address) ?? false)
        case .command:
            var entry: CommandRule?
            return self.allows(facts, by: &entry)
        case .storedSecrets:
            return self.shared.rule.storedSecrets || !facts.keepsStoredSecrets ? .holds : .unknown
        case .managedIdentities:
            return facts.identities.reduce(.holds) { $0.and(self.allows($1)) }
        case .runAs:
            let accounts = self.shared.rule.runAs ?? .defaultOnly
            return Self.truth(of: facts.command.runAsUser) { accounts.contains($0, effect: .allow) }
        case .limits: return LimitCheck(self.shared.rule.limits, facts, self.facts.request.operation).truth
        case .outputBlob: return self.allows(facts.command.outputBlob, self.shared.rule.outputBlobs)
        case .errorBlob: return self.allows(facts.command.errorBlob, self.shared.rule.errorBlobs)
        case .scriptShell:
            return Self.truth(of: facts.command.scriptShell) { shell in
                guard let shell else { return true }
                return self.shared.rule.scriptShells?.contains(shell) ?? false
            }
        case .operation, .family, .target, .principal, .apiVersion: return .fails
        }
    }

    private func allows(_ facts: CommandFacts, by entry: inout CommandRule?) -> Truth {
        guard let commands = self.shared.rule.commands else { return .fails }
        return commands.allows(facts, keepsStored: self.shared.rule.storedSecrets, by: &entry)
    }

    private func allows(_ identity: Known<ManagedIdentity?>) -> Truth {
        guard case .known(let identity) = identity else { return self.shared.rule.storedSecrets ? .holds : .unknown }
        guard let identity else { return .holds }
        return Truth(self.shared.rule.managedIdentities?.contains(identity) ?? false)
    }

    private func allows(_ address: Known<WebAddress?>, _ patterns: [BlobPattern]?) -> Truth {
        switch address {
        case .unknown: return .unknown
        case .known(nil): return .holds
        case .known(let address?):
            guard let patterns, BlobPattern.isPlain(address) else { return .fails }
            return Truth(patterns.contains { $0.matches(address) })
        }
    }

    // MARK: Deny: what is named must be used.

    private func concerns(_ facts: CommandFacts, _ condition: Condition) -> Truth {
        switch condition {
        case .scriptAddress: return self.concernsAddress(of: facts.command)
        case .command: return self.shared.rule.commands?.denies(facts) ?? .holds
        case .storedSecrets:
            guard self.shared.rule.storedSecrets else { return .holds }
            return facts.keepsStoredSecrets ? .unknown : .fails
        case .managedIdentities:
            guard let identities = self.shared.rule.managedIdentities else { return .holds }
            return facts.identities.reduce(.fails) { truth, identity in
                truth.or(Self.truth(of: identity) { $0.map(identities.contains) ?? false })
            }
        case .runAs:
            guard let accounts = self.shared.rule.runAs else { return .holds }
            return Self.truth(of: facts.command.runAsUser) { accounts.contains($0, effect: .deny) }
        case .limits: return .holds
        case .outputBlob: return Self.concerns(facts.command.outputBlob, self.shared.rule.outputBlobs)
        case .errorBlob: return Self.concerns(facts.command.errorBlob, self.shared.rule.errorBlobs)
        case .scriptShell:
            guard let shells = self.shared.rule.scriptShells else { return .holds }
            guard case .known(let shell) = facts.command.scriptShell else { return .unknown }
            // What Azure takes where none is named is not documented; it is taken to be `Default`.
            guard let shell else { return shells.contains("Default") ? .unknown : .fails }
            return Truth(shells.contains { ASCIICase.areEqual($0, shell) })
        case .operation, .family, .target, .principal, .apiVersion: return .holds
        }
    }

    private func concernsAddress(of command: Command) -> Truth {
        guard let addresses = self.shared.rule.scriptAddresses else { return .holds }
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
