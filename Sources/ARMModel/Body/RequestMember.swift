/// One member that a request body may have: where, since when, what it is.
package struct RequestMember: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case string, boolean, integer, object, strings
        /// An object whose members are all strings, with names of the caller's choosing.
        case stringMap
        /// A list of `{name, value}`.
        case parameters
        /// Set by the service: type-checked, not forwarded, named on record.
        case readOnly
    }

    package enum Sensitivity: Sendable, Hashable {
        case plain
        /// Never kept in any form but a fingerprint.
        case secret
        /// An address whose query is a secret.
        case secretQuery
    }

    /// Dotted, without `$`; list elements have no place of their own: `properties.source.script`.
    package var path: String
    package var kind: Kind
    package var since: APIVersion
    package var sensitivity: Sensitivity = .plain
}

/// Every member of every request body, with the version that introduced it (facts §4). A body may hold these in
/// exactly this spelling, and nothing else.
package enum RequestMembers {
    package static let action: [RequestMember] = [
        RequestMember(path: "commandId", kind: .string, since: .oldest),
        RequestMember(path: "script", kind: .strings, since: .oldest),
        RequestMember(path: "parameters", kind: .parameters, since: .oldest),
    ]

    /// A JSON path for an error about a body that could not be read, with only the names that the API defines: a
    /// secret may stand where a name should.
    package static func shown(path: String) -> String {
        path.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { part in
            let name = part.prefix { $0 != UInt8(ascii: "[") }
            let isDefined = name.elementsEqual("$".utf8) || self.names.contains(String(Substring(name)))
            return isDefined ? String(Substring(part)) : "(a member)" + String(Substring(part.dropFirst(name.count)))
        }.joined(separator: ".")
    }

    private static let names: Set<String> = Set(
        (action + managedCreate).flatMap { $0.path.split(separator: ".").map(String.init) } + ["name", "value"])

    /// `VirtualMachineRunCommand`, facts §4.2.
    package static let managedCreate: [RequestMember] =
        [
            RequestMember(path: "id", kind: .readOnly, since: .v2020_06_01),
            RequestMember(path: "name", kind: .readOnly, since: .v2020_06_01),
            RequestMember(path: "type", kind: .readOnly, since: .v2020_06_01),
            RequestMember(path: "systemData", kind: .readOnly, since: .v2024_11_01),
            RequestMember(path: "location", kind: .string, since: .v2020_06_01),
        ] + managedUpdate

    /// `VirtualMachineRunCommandUpdate`, facts §4.2.
    package static let managedUpdate: [RequestMember] =
        [
            RequestMember(path: "tags", kind: .stringMap, since: .v2020_06_01),
            RequestMember(path: "properties", kind: .object, since: .v2020_06_01),
        ] + properties

    private static let properties: [RequestMember] =
        [
            RequestMember(path: "properties.source", kind: .object, since: .v2020_06_01),
            RequestMember(path: "properties.source.script", kind: .string, since: .v2020_06_01),
            RequestMember(
                path: "properties.source.scriptUri", kind: .string, since: .v2020_06_01, sensitivity: .secretQuery),
            RequestMember(path: "properties.source.commandId", kind: .string, since: .v2020_06_01),
            RequestMember(path: "properties.source.galleryScriptReferenceId", kind: .string, since: .v2025_04_01),
            RequestMember(path: "properties.source.scriptShell", kind: .string, since: .v2025_04_01),
            RequestMember(path: "properties.source.scriptUriManagedIdentity", kind: .object, since: .v2023_03_01),
            RequestMember(path: "properties.parameters", kind: .parameters, since: .v2020_06_01),
            RequestMember(
                path: "properties.protectedParameters", kind: .parameters, since: .v2020_06_01, sensitivity: .secret),
            RequestMember(path: "properties.asyncExecution", kind: .boolean, since: .v2020_06_01),
            RequestMember(path: "properties.runAsUser", kind: .string, since: .v2020_06_01),
            RequestMember(path: "properties.runAsPassword", kind: .string, since: .v2020_06_01, sensitivity: .secret),
            RequestMember(path: "properties.timeoutInSeconds", kind: .integer, since: .v2020_06_01),
            RequestMember(
                path: "properties.outputBlobUri", kind: .string, since: .v2020_06_01, sensitivity: .secretQuery),
            RequestMember(
                path: "properties.errorBlobUri", kind: .string, since: .v2020_06_01, sensitivity: .secretQuery),
            RequestMember(path: "properties.outputBlobManagedIdentity", kind: .object, since: .v2023_03_01),
            RequestMember(path: "properties.errorBlobManagedIdentity", kind: .object, since: .v2023_03_01),
            RequestMember(path: "properties.treatFailureAsDeploymentFailure", kind: .boolean, since: .v2023_03_01),
            RequestMember(path: "properties.provisioningState", kind: .readOnly, since: .v2020_06_01),
            RequestMember(path: "properties.instanceView", kind: .readOnly, since: .v2020_06_01),
        ] + identities

    private static let identities: [RequestMember] = [
        "source.scriptUriManagedIdentity", "outputBlobManagedIdentity", "errorBlobManagedIdentity",
    ].flatMap { place in
        ["clientId", "objectId"].map { name in
            RequestMember(path: "properties.\(place).\(name)", kind: .string, since: .v2023_03_01)
        }
    }
}

extension [RequestMember] {
    /// The entry of a member right below a place.
    /// - Parameter place: dotted path of the object, empty at the top.
    func firstIndex(named name: String, below place: String) -> Int? {
        let below = place.utf8.count
        let start = below == 0 ? 0 : below + 1
        let count = start + name.utf8.count
        return name.withBytes { name in
            place.withBytes { place in
                // The length alone tells most entries apart, and the name most of the others.
                for index in self.indices where self[index].path.utf8.count == count {
                    let isMeant = self[index].path.withBytes { path in
                        Self.same(path, from: start, name) && Self.same(path, from: 0, place)
                            && (below == 0 || path[below] == UInt8(ascii: "."))
                    }
                    // An entry further down is not meant.
                    if isMeant { return name.contains(UInt8(ascii: ".")) ? nil : index }
                }
                return nil
            }
        }
    }

    private static func same(
        _ path: UnsafeBufferPointer<UInt8>, from start: Int, _ part: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        for index in part.indices where path[start + index] != part[index] { return false }
        return true
    }
}
