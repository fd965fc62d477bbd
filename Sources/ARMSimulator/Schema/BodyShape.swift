/// What a request body may hold, as typed binding on the other side of ARM knows it.
indirect enum BodyShape: Sendable {
    case string
    case int
    case bool
    case list(BodyShape)
    case object(ObjectShape)
    /// An object whose names are free and whose values are strings.
    case map
    /// Anything: read and dropped (members that the service sets itself).
    case any

    struct ObjectShape: Sendable {
        /// The .NET type that messages name.
        var type: String
        var members: [MemberShape]
    }

    struct MemberShape: Sendable {
        var name: String
        var shape: BodyShape
        var since = "2017-03-30"
        var isRequired = false
        var isReadOnly = false
    }
}

extension BodyShape {
    private static func object(_ type: String, _ members: [MemberShape]) -> BodyShape {
        .object(ObjectShape(type: type, members: members))
    }

    private static let parameters = BodyShape.list(
        .object(
            "RunCommandInputParameter",
            [
                MemberShape(name: "name", shape: .string, isRequired: true),
                MemberShape(name: "value", shape: .string, isRequired: true),
            ]))

    private static let identity = BodyShape.object(
        "RunCommandManagedIdentity",
        [MemberShape(name: "clientId", shape: .string), MemberShape(name: "objectId", shape: .string)])

    /// The body of the action.
    static let action = BodyShape.object(
        "RunCommandInput",
        [
            MemberShape(name: "commandId", shape: .string, isRequired: true),
            MemberShape(name: "script", shape: .list(.string)),
            MemberShape(name: "parameters", shape: Self.parameters),
        ])

    /// `properties` of a stored command, the same for PUT and PATCH.
    static let properties = BodyShape.object(
        "VirtualMachineRunCommandProperties",
        [
            MemberShape(
                name: "source",
                shape: .object(
                    "VirtualMachineRunCommandScriptSource",
                    [
                        MemberShape(name: "script", shape: .string),
                        MemberShape(name: "scriptUri", shape: .string),
                        MemberShape(name: "commandId", shape: .string),
                        MemberShape(name: "galleryScriptReferenceId", shape: .string, since: "2025-04-01"),
                        MemberShape(name: "scriptShell", shape: .string, since: "2025-04-01"),
                        MemberShape(name: "scriptUriManagedIdentity", shape: Self.identity, since: "2023-03-01"),
                    ])),
            MemberShape(name: "parameters", shape: Self.parameters),
            MemberShape(name: "protectedParameters", shape: Self.parameters),
            MemberShape(name: "asyncExecution", shape: .bool),
            MemberShape(name: "runAsUser", shape: .string),
            MemberShape(name: "runAsPassword", shape: .string),
            MemberShape(name: "timeoutInSeconds", shape: .int),
            MemberShape(name: "outputBlobUri", shape: .string),
            MemberShape(name: "errorBlobUri", shape: .string),
            MemberShape(name: "outputBlobManagedIdentity", shape: Self.identity, since: "2023-03-01"),
            MemberShape(name: "errorBlobManagedIdentity", shape: Self.identity, since: "2023-03-01"),
            MemberShape(name: "treatFailureAsDeploymentFailure", shape: .bool, since: "2023-03-01"),
            MemberShape(name: "provisioningState", shape: .any, isReadOnly: true),
            MemberShape(name: "instanceView", shape: .any, isReadOnly: true),
        ])

    /// The body of PUT.
    static let resource = BodyShape.object(
        "ResourceDefinition",
        [
            MemberShape(name: "id", shape: .any, isReadOnly: true),
            MemberShape(name: "name", shape: .any, isReadOnly: true),
            MemberShape(name: "type", shape: .any, isReadOnly: true),
            MemberShape(name: "systemData", shape: .any, since: "2024-11-01", isReadOnly: true),
            MemberShape(name: "location", shape: .string),
            MemberShape(name: "tags", shape: .map),
            MemberShape(name: "properties", shape: Self.properties),
        ])

    /// The body of PATCH.
    static let update = BodyShape.object(
        "VirtualMachineRunCommandUpdate",
        [MemberShape(name: "tags", shape: .map), MemberShape(name: "properties", shape: Self.properties)])
}
