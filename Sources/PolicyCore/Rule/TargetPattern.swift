import ARMModel

/// Which machine, by name.
package enum MachinePattern: Sendable, Hashable {
    case virtualMachine(Glob)
    /// Without `instance` every instance is meant.
    case scaleSet(Glob, instance: Glob?)

    func matches(_ machine: Machine) -> Bool {
        switch self {
        case .virtualMachine(let name):
            guard case .virtualMachine(let other) = machine else { return false }
            return name.matches(other)
        case .scaleSet(let name, let instance):
            guard case .scaleSetInstance(let scaleSet, let other) = machine else { return false }
            return name.matches(scaleSet) && (instance?.matches(other) ?? true)
        }
    }
}

/// One entry of a rule's `targets`.
///
/// In an allow a target is complete: it names a subscription and a machine (with its resource group), or a location
/// for the catalogue; a machine's target also covers the companion reads of its subscription and resource group. In a
/// deny every member that is absent means any, so `{subscription, resourceGroup}` denies all that is in the group.
package final class TargetPattern: Sendable {
    package let subscription: Glob?
    package let resourceGroup: Glob?
    package let machine: MachinePattern?
    /// Names of managed commands. Absent or `*` means any, and only these cover what has no such name: an action,
    /// and a list, which shows all commands.
    package let runCommand: Glob?
    package let location: Glob?

    package init(
        subscription: Glob?, resourceGroup: Glob? = nil, machine: MachinePattern? = nil, runCommand: Glob? = nil,
        location: Glob? = nil
    ) {
        self.subscription = subscription
        self.resourceGroup = resourceGroup
        self.machine = machine
        self.runCommand = runCommand
        self.location = location
    }

    func truth(of facts: RequestFacts, effect: Decision.Effect) -> Truth {
        switch effect {
        case .allow: Truth(self.covers(facts))
        case .deny: self.concerns(facts)
        }
    }

    // Members are read where they stand: the whole target is made of many texts.

    /// For an allow: all that the request names must be named here.
    private func covers(_ facts: RequestFacts) -> Bool {
        if case .companion = facts.request.operation {
            if let name = facts.request.target.subscription, self.subscription?.matches(name) != true { return false }
            guard let name = facts.request.target.resourceGroup else { return true }
            return self.resourceGroup?.matches(name) == true
        }
        guard let name = facts.request.target.subscription, self.subscription?.matches(name) == true else {
            return false
        }
        if case .catalog = facts.request.operation {
            guard self.machine == nil, let name = facts.request.target.location else { return false }
            return self.location?.matches(name) == true
        }
        guard let group = facts.request.target.resourceGroup, self.resourceGroup?.matches(group) == true,
            let machine = facts.request.target.machine, self.machine?.matches(machine) == true
        else { return false }
        guard let runCommand = self.runCommand, !runCommand.matchesEverything else { return true }
        guard let name = facts.request.target.runCommand else { return false }
        return runCommand.matches(name)
    }

    /// For a deny: all that is named here must be named by the request.
    private func concerns(_ facts: RequestFacts) -> Truth {
        guard Self.mayMean(self.subscription, facts.request.target.subscription),
            Self.mayMean(self.resourceGroup, facts.request.target.resourceGroup),
            Self.mayMean(self.location, facts.request.target.location)
        else { return .fails }
        if let pattern = self.machine {
            guard let machine = facts.request.target.machine, pattern.matches(machine) else { return .fails }
        }
        guard let pattern = self.runCommand, !pattern.matchesEverything else { return .holds }
        if let name = facts.request.target.runCommand { return Truth(pattern.matches(name)) }
        // A list may well show the command that is meant.
        return facts.request.operation == .list ? .unknown : .fails
    }

    private static func mayMean(_ pattern: Glob?, _ name: String?) -> Bool {
        guard let pattern else { return true }
        guard let name else { return false }
        return pattern.matches(name)
    }
}
