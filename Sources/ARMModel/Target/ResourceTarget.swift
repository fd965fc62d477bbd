/// The machine that an operation names.
package enum Machine: Sendable, Hashable {
    case virtualMachine(String)
    case scaleSetInstance(scaleSet: String, instance: String)
}

/// The thing in Azure that an operation names; spellings are the caller's, comparison is without ASCII case.
package struct ResourceTarget: Sendable, Hashable {
    /// All names are handed on by reference: a target goes along with a request to its very end.
    @usableFromInline var shared: SharedNames

    package init(
        subscription: String? = nil, resourceGroup: String? = nil, machine: Machine? = nil, runCommand: String? = nil,
        location: String? = nil, catalogCommandID: String? = nil
    ) {
        self.init(
            Names(
                subscription: subscription, resourceGroup: resourceGroup, machine: machine, runCommand: runCommand,
                location: location, catalogCommandID: catalogCommandID))
    }

    init(_ names: consuming Names) { self.shared = SharedNames(names) }

    @inlinable package var subscription: String? {
        @inline(__always) get { self.shared.names.subscription }
        set { self.change { $0.subscription = newValue } }
    }
    @inlinable package var resourceGroup: String? {
        @inline(__always) get { self.shared.names.resourceGroup }
        set { self.change { $0.resourceGroup = newValue } }
    }
    @inlinable package var machine: Machine? {
        @inline(__always) get { self.shared.names.machine }
        set { self.change { $0.machine = newValue } }
    }
    /// Name of a managed command.
    @inlinable package var runCommand: String? {
        @inline(__always) get { self.shared.names.runCommand }
        set { self.change { $0.runCommand = newValue } }
    }
    /// Region of a location document or polling link.
    @inlinable package var location: String? {
        @inline(__always) get { self.shared.names.location }
        set { self.change { $0.location = newValue } }
    }
    /// Built-in command that a location document describes.
    @inlinable package var catalogCommandID: String? {
        @inline(__always) get { self.shared.names.catalogCommandID }
        set { self.change { $0.catalogCommandID = newValue } }
    }

    package static func == (a: ResourceTarget, b: ResourceTarget) -> Bool { a.shared.names == b.shared.names }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.shared.names) }

    @usableFromInline
    mutating func change(_ body: (inout Names) -> Void) {
        var names = self.shared.names
        body(&names)
        self.shared = SharedNames(names)
    }

    @usableFromInline
    struct Names: Sendable, Hashable {
        @usableFromInline var subscription: String?
        @usableFromInline var resourceGroup: String?
        @usableFromInline var machine: Machine?
        @usableFromInline var runCommand: String?
        @usableFromInline var location: String?
        @usableFromInline var catalogCommandID: String?
    }

    @usableFromInline
    final class SharedNames: Sendable {
        @usableFromInline let names: Names

        init(_ names: consuming Names) { self.names = names }
    }
}
