package import Redaction
import StrictJSON

/// `properties` of a managed command as a request has them, one reading for creation and update. A member that is
/// `nil` was not sent: in a creation it has its default, in an update it stays as stored.
package struct ManagedProperties: Sendable {
    /// The whole `source` object, where it was sent; `.some(nil)` is an object without any source.
    package var source: ScriptSource??
    /// Where `source` was sent with it; in an update a shell that was not sent stays as stored.
    package var scriptShell: String?
    package var parameters: [Parameter]?
    package var protectedParameters: [ProtectedParameter]?
    package var asyncExecution: Bool?
    package var runAsUser: String?
    package var runAsPassword: Secret?
    package var timeoutSeconds: Int?
    package var outputBlob: WebAddress?
    package var errorBlob: WebAddress?
    package var outputBlobIdentity: ManagedIdentity?
    package var errorBlobIdentity: ManagedIdentity?
    package var treatFailureAsDeploymentFailure: Bool?
    /// Paths of members that only the service sets; type-checked, and left out of what is forwarded.
    package var readOnlyMembers: [String] = []

    /// - Parameters:
    ///   - body: the whole body; its member `properties` is read, and may be missing.
    ///   - table: the members of that body.
    ///   - isUpdate: whether what is not named may stay as it is stored.
    init(
        of body: BodyObject, table: [RequestMember], version: APIVersion, isUpdate: Bool
    ) throws(RequestError) {
        guard let properties = try body.object("properties", table: table, version: version) else { return }
        if let source = try properties.object("source", table: table, version: version) {
            let identity = try Self.identity(source, "scriptUriManagedIdentity", table, version, isUpdate: isUpdate)
            self.source = .some(try Self.source(source, identity: identity))
            self.scriptShell = try source.string("scriptShell")
        }
        self.parameters = try properties.parameters("parameters")
        self.protectedParameters = try properties.parameters("protectedParameters").map { list in
            list.map { ProtectedParameter(name: $0.name, value: Secret($0.value)) }
        }
        self.asyncExecution = try properties.bool("asyncExecution")
        self.runAsUser = try properties.string("runAsUser")
        self.runAsPassword = try properties.string("runAsPassword").map(Secret.init)
        self.timeoutSeconds = try properties.int32("timeoutInSeconds")
        self.outputBlob = try Self.address(properties, "outputBlobUri")
        self.errorBlob = try Self.address(properties, "errorBlobUri")
        self.outputBlobIdentity = try Self.identity(
            properties, "outputBlobManagedIdentity", table, version, isUpdate: isUpdate)
        self.errorBlobIdentity = try Self.identity(
            properties, "errorBlobManagedIdentity", table, version, isUpdate: isUpdate)
        self.treatFailureAsDeploymentFailure = try properties.bool("treatFailureAsDeploymentFailure")
        let state = try properties.readOnly("provisioningState", expected: "a string") { $0.string != nil }
        let view = try properties.readOnly(
            "instanceView", expected: "an instance view", matches: InstanceView.isWellFormed)
        self.readOnlyMembers = [state, view].compactMap(\.self)
    }

    private static func source(
        _ object: BodyObject, identity: ManagedIdentity?
    ) throws(RequestError) -> ScriptSource? {
        let place = "$.properties.source"
        let script = try object.string("script")
        let address = try Self.address(object, "scriptUri")
        let commandID = try object.string("commandId")
        let gallery = try object.string("galleryScriptReferenceId")
        let given =
            (script != nil ? 1 : 0) + (address != nil ? 1 : 0) + (commandID != nil ? 1 : 0) + (gallery != nil ? 1 : 0)
        guard given <= 1 else {
            throw RequestError(
                .conflictingProperties,
                "use only one of script, scriptUri, commandId, galleryScriptReferenceId", target: place)
        }
        guard identity == nil || address != nil else {
            throw RequestError(
                .invalidParameter, "scriptUriManagedIdentity goes with scriptUri",
                target: place + ".scriptUriManagedIdentity")
        }
        if let script { return .inline(commandID: nil, script: ScriptText(script)) }
        if let address { return .address(address, identity: .known(identity)) }
        if let gallery {
            guard GalleryScriptID.isExact(gallery) else {
                throw RequestError(
                    .invalidParameter, "a gallery script is named by \(GalleryScriptID.form)",
                    target: place + ".galleryScriptReferenceId")
            }
            return .gallery(gallery)
        }
        guard let commandID else { return nil }
        guard ResourceName.isCommandID(commandID) else {
            throw RequestError(
                .invalidParameter, "a command id is 1 to 64 letters, digits or _", target: place + ".commandId")
        }
        return .builtIn(commandID: commandID)
    }

    private static func address(_ object: BodyObject, _ name: StaticString) throws(RequestError) -> WebAddress? {
        guard let text = try object.string(name) else { return nil }
        guard let address = WebAddress(text) else {
            throw RequestError(
                .invalidParameter, "not an absolute address of the form https://host/path?query",
                target: object.target(name))
        }
        return address
    }

    private static func identity(
        _ object: BodyObject, _ name: StaticString, _ table: [RequestMember], _ version: APIVersion, isUpdate: Bool
    ) throws(RequestError) -> ManagedIdentity? {
        guard let identity = try object.object(name, table: table, version: version) else { return nil }
        let clientID = try identity.string("clientId")
        let objectID = try identity.string("objectId")
        guard clientID == nil || objectID == nil else {
            throw RequestError(
                .conflictingProperties, "use clientId or objectId, not both", target: object.target(name))
        }
        guard (clientID ?? objectID).map(ResourceName.isGUID) ?? true else {
            throw RequestError(.invalidParameter, "an identity's id is a GUID", target: object.target(name))
        }
        if let clientID { return .clientID(clientID) }
        if let objectID { return .objectID(objectID) }
        guard !isUpdate else {
            throw RequestError(
                .invalidParameter, "in an update {} may keep the stored identity; PUT the command",
                target: object.target(name))
        }
        return .system
    }
}
