import ARMModel
import PolicyCore
import YAMLReading

/// A target and where it stands.
struct MarkedTarget {
    var pattern: TargetPattern
    var mark: YAMLMark
    /// How a problem calls it.
    var name: String
}

/// Reads one target; whether it is complete depends on the rule that uses it.
struct TargetReader {
    let problems: Problems

    func read(_ mapping: YAMLMapping) -> MarkedTarget? {
        let before = self.problems.all.count
        let subscription = self.glob("subscription", mapping)
        if let subscription, !subscription.text.contains("*"), !ResourceName.isSubscription(subscription.text) {
            mapping.error("subscription", "must be a GUID or a glob with *")
        }
        let resourceGroup = self.glob("resourceGroup", mapping)
        let virtualMachine = self.glob("virtualMachine", mapping)
        let scaleSet = self.glob("scaleSet", mapping)
        let instance = self.glob("instance", mapping)
        let runCommand = self.glob("runCommand", mapping)
        let location = self.glob("location", mapping)
        let name = YAMLMappingName.of(mapping)
        func refuse(_ message: String) { self.problems.error("'\(name)' \(message)", at: mapping.mark) }

        if mapping.has("virtualMachine"), mapping.has("scaleSet") {
            refuse("names both a virtualMachine and a scaleSet; write two targets")
        }
        if mapping.has("instance"), !mapping.has("scaleSet") { refuse("has an instance without its scaleSet") }
        if mapping.has("location"),
            ["resourceGroup", "virtualMachine", "scaleSet", "instance", "runCommand"].contains(where: mapping.has)
        {
            refuse("has a location, which belongs to the catalogue alone, beside a resource group or machine")
        }
        let parts = [subscription, resourceGroup, virtualMachine, scaleSet, runCommand, location]
        if parts.allSatisfy({ $0 == nil }) { refuse("names nothing") }
        if self.problems.all[before...].contains(where: { $0.severity == .error }) { return nil }
        var machine: MachinePattern?
        if let virtualMachine { machine = .virtualMachine(virtualMachine) }
        if let scaleSet { machine = .scaleSet(scaleSet, instance: instance) }
        return MarkedTarget(
            pattern: TargetPattern(
                subscription: subscription, resourceGroup: resourceGroup, machine: machine, runCommand: runCommand,
                location: location), mark: mapping.mark, name: name)
    }

    private func glob(_ key: String, _ mapping: YAMLMapping) -> Glob? {
        guard let text = mapping.string(key, numbersAsText: true) else { return nil }
        do {
            return try Glob(text)
        } catch {
            mapping.error(key, error.message)
            return nil
        }
    }

    /// Why a target cannot serve an allow; `nil` if it can.
    static func gap(in pattern: TargetPattern, operations: OperationSet) -> String? {
        guard pattern.subscription != nil else { return "needs a subscription" }
        if pattern.location != nil {
            return operations.contains(.catalog) || operations.contains(.companion)
                ? nil : "names a location, which only the operation catalog has"
        }
        if pattern.machine != nil {
            return pattern.resourceGroup != nil ? nil : "needs the machine's resourceGroup (\"*\" for any)"
        }
        let machineOperations: [Operation] = [.run, .create, .update, .delete, .read, .list]
        if machineOperations.contains(where: operations.contains) {
            return "names no machine; write virtualMachine or scaleSet (\"*\" for any)"
        }
        return operations.contains(.catalog) ? "needs a location for the operation catalog" : nil
    }
}

/// The words for a mapping's own place.
enum YAMLMappingName {
    static func of(_ mapping: YAMLMapping) -> String {
        // A key's name without the key is the mapping's.
        String(mapping.name(of: "?").dropLast(2))
    }
}
