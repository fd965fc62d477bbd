/// Which identity of the machine fetches a script or writes output (`RunCommandManagedIdentity`).
package enum ManagedIdentity: Sendable, Hashable {
    /// `{}`: the machine's own.
    case system
    /// A user-assigned identity by `clientId`, a GUID in the caller's spelling.
    case clientID(String)
    /// A user-assigned identity by `objectId`, a GUID in the caller's spelling.
    case objectID(String)
}
