import Foundation

/// Where a stored command is kept: names without case.
struct StoredCommandKey: Sendable, Hashable {
    var machine: String
    var family: ARMRoute.CommandFamily
    var name: String

    init(_ machine: ARMRoute.Machine, _ family: ARMRoute.CommandFamily, _ name: String) {
        self.machine = machine.key
        self.family = family
        self.name = name.lowercased()
    }
}

/// A managed run command: a child resource of a machine, with what became of its last run.
struct StoredCommand: Sendable {
    var machine: ARMRoute.Machine
    var family: ARMRoute.CommandFamily
    var name: String
    var location: String
    var tags: SimulatorJSON?
    /// Canonical names, no nulls; secrets included.
    var properties: SimulatorJSON
    var provisioningState = "Creating"
    var view = InstanceView()
    /// The operation that last changed it.
    var operation: String

    /// `properties` of a PATCH laid over those stored: null removes, everything else replaces as a whole.
    ///
    /// - Parameter isRecursive: whether objects inside are merged in the same way instead (RFC 7396); lists never are.
    static func merge(
        _ patch: SimulatorJSON?, over stored: SimulatorJSON, isRecursive: Bool = false
    ) -> SimulatorJSON {
        var members = stored.members ?? []
        for change in patch?.members ?? [] {
            let before = members.first { $0.name == change.name }?.value
            members.removeAll { $0.name == change.name }
            if change.value == .null { continue }
            if isRecursive, case .object = change.value {
                let merged = Self.merge(change.value, over: before ?? .object([]), isRecursive: true)
                members.append(.init(change.name, merged))
            } else {
                members.append(.init(change.name, Self.withoutNulls(change.value)))
            }
        }
        return .object(members)
    }

    private static func withoutNulls(_ value: SimulatorJSON) -> SimulatorJSON {
        switch value {
        case .object(let members):
            .object(members.filter { $0.value != .null }.map { .init($0.name, Self.withoutNulls($0.value)) })
        case .array(let elements): .array(elements.map(Self.withoutNulls))
        default: value
        }
    }

    /// Refuses what the service refuses in the merged command: none or several sources, an identity named twice.
    static func check(_ properties: SimulatorJSON) throws {
        let source = properties["source"]
        let sources = ["script", "scriptUri", "commandId", "galleryScriptReferenceId"].filter { source?[$0] != nil }
        guard !sources.isEmpty else {
            throw ARMFailure(
                400, "InvalidParameter", "Required parameter 'properties.source' is missing (null).",
                target: "properties.source")
        }
        guard sources.count == 1 else {
            throw ARMFailure(
                400, "InvalidParameterConflictingProperties",
                "The properties '\(sources.joined(separator: "' and '"))' of 'source' cannot be used together.",
                target: "properties.source")
        }
        let identities = [
            source?["scriptUriManagedIdentity"], properties["outputBlobManagedIdentity"],
            properties["errorBlobManagedIdentity"],
        ]
        for case .some(let identity) in identities where identity["clientId"] != nil && identity["objectId"] != nil {
            throw ARMFailure(
                400, "InvalidParameter", "A managed identity is named by 'clientId' or by 'objectId', not by both.")
        }
    }

    /// The resource as answers show it: without secrets, and with the instance view only where asked for.
    func resource(withView: Bool) -> SimulatorJSON {
        var properties: [SimulatorJSON.Member] = []
        for member in self.properties.members ?? [] {
            switch member.name {
            case "protectedParameters", "runAsPassword": continue
            case "outputBlobUri", "errorBlobUri":
                properties.append(.init(member.name, Self.withoutQuery(member.value)))
            case "source":
                let shown = (member.value.members ?? []).map { inner in
                    inner.name == "scriptUri" ? .init(inner.name, Self.withoutQuery(inner.value)) : inner
                }
                properties.append(.init(member.name, .object(shown)))
            default: properties.append(member)
            }
        }
        for (name, absent) in [
            ("asyncExecution", SimulatorJSON.bool(false)), ("treatFailureAsDeploymentFailure", .bool(false)),
            ("timeoutInSeconds", .number("0")),
        ] where self.properties[name] == nil {
            properties.append(.init(name, absent))
        }
        properties.append(.init("provisioningState", .string(self.provisioningState)))
        if withView { properties.append(.init("instanceView", self.view.json)) }
        var members: [SimulatorJSON.Member] = [
            .init("name", .string(self.name)),
            .init("id", .string("\(self.machine.id)/\(self.family.rawValue)/\(self.name)")),
            .init("type", .string("Microsoft.Compute/\(self.machine.type)/\(self.family.rawValue)")),
            .init("location", .string(self.location)),
        ]
        if let tags { members.append(.init("tags", tags)) }
        return .object(members + [.init("properties", .object(properties))])
    }

    private static func withoutQuery(_ value: SimulatorJSON) -> SimulatorJSON {
        .string(String((value.string ?? "").prefix { $0 != "?" && $0 != "#" }))
    }
}
