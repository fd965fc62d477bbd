import ARMModel

/// Which machine, by name.
package enum MachinePattern: Sendable, Hashable {
    case virtualMachine(Glob)
    /// Without `instance` every instance is meant.
    case scaleSet(Glob, instance: Glob?)

    func matches(_ machine: Machine) -> Bool {
        switch (self, machine) {
        case (.virtualMachine(let name), .virtualMachine(let other)): name.matches(other)
        case (.scaleSet(let name, let instance), .scaleSetInstance(let scaleSet, let other)):
            name.matches(scaleSet) && (instance?.matches(other) ?? true)
        default: false
        }
    }
}

/// One entry of a rule's `targets`.
///
/// In an allow a target is complete: it names a subscription and a machine (with its resource group), or a location
/// for the catalogue; a machine's target also covers the companion reads of its subscription and resource group. In a
/// deny every member that is absent means any, so `{subscription, resourceGroup}` denies all that is in the group.
package struct TargetPattern: Sendable, Hashable {
    package var subscription: Glob?
    package var resourceGroup: Glob?
    package var machine: MachinePattern?
    /// Names of managed commands. Absent or `*` means any, and only these cover what has no such name: an action,
    /// and a list, which shows all commands.
    package var runCommand: Glob?
    package var location: Glob?

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

    func truth(of target: ResourceTarget, operation: Operation, effect: Decision.Effect) -> Truth {
        switch effect {
        case .allow: Truth(self.covers(target, operation: operation))
        case .deny: self.concerns(target, operation: operation)
        }
    }

    /// For an allow: all that the request names must be named here.
    private func covers(_ target: ResourceTarget, operation: Operation) -> Bool {
        if operation == .companion {
            if let name = target.subscription, self.subscription?.matches(name) != true { return false }
            if let name = target.resourceGroup, self.resourceGroup?.matches(name) != true { return false }
            return true
        }
        guard let subscription = target.subscription, self.subscription?.matches(subscription) == true else {
            return false
        }
        if operation == .catalog {
            guard self.machine == nil, let name = target.location else { return false }
            return self.location?.matches(name) == true
        }
        guard let group = target.resourceGroup, self.resourceGroup?.matches(group) == true,
            let machine = target.machine, self.machine?.matches(machine) == true
        else { return false }
        guard let runCommand = self.runCommand, !runCommand.matchesEverything else { return true }
        guard let name = target.runCommand else { return false }
        return runCommand.matches(name)
    }

    /// For a deny: all that is named here must be named by the request.
    private func concerns(_ target: ResourceTarget, operation: Operation) -> Truth {
        if let pattern = self.subscription, !Self.matches(pattern, target.subscription) { return .fails }
        if let pattern = self.resourceGroup, !Self.matches(pattern, target.resourceGroup) { return .fails }
        if let pattern = self.location, !Self.matches(pattern, target.location) { return .fails }
        if let pattern = self.machine {
            guard let machine = target.machine, pattern.matches(machine) else { return .fails }
        }
        guard let pattern = self.runCommand, !pattern.matchesEverything else { return .holds }
        if let name = target.runCommand { return Truth(pattern.matches(name)) }
        // A list may well show the command that is meant.
        return operation == .list ? .unknown : .fails
    }

    private static func matches(_ pattern: Glob, _ name: String?) -> Bool {
        guard let name else { return false }
        return pattern.matches(name)
    }
}
