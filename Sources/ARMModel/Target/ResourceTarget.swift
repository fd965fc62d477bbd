/// The machine that an operation names.
package enum Machine: Sendable, Hashable {
    case virtualMachine(String)
    case scaleSetInstance(scaleSet: String, instance: String)
}

/// The thing in Azure that an operation names; spellings are the caller's, comparison is without ASCII case.
package struct ResourceTarget: Sendable, Hashable {
    package var subscription: String?
    package var resourceGroup: String?
    package var machine: Machine?
    /// Name of a managed command.
    package var runCommand: String?
    /// Region of a location document or polling link.
    package var location: String?
    /// Built-in command that a location document describes.
    package var catalogCommandID: String?

    package init(
        subscription: String? = nil, resourceGroup: String? = nil, machine: Machine? = nil, runCommand: String? = nil,
        location: String? = nil, catalogCommandID: String? = nil
    ) {
        self.subscription = subscription
        self.resourceGroup = resourceGroup
        self.machine = machine
        self.runCommand = runCommand
        self.location = location
        self.catalogCommandID = catalogCommandID
    }
}
