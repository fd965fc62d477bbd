package import ARMModel

/// One rule of a policy, read and checked.
///
/// What is absent (`nil`) means any in a deny. In an allow an absent condition of the first four never holds, an
/// absent field condition means that the request may not use the field, and an absent `apiVersions` means any.
package struct Rule: Sendable {
    package var id: String
    package var description: String?
    package var effect: Decision.Effect
    package var principals: PrincipalSet?
    package var operations: OperationSet?
    /// An allow without it is for standard commands; the diagnostic family is only allowed by name.
    package var family: CommandFamily?
    package var targets: [TargetPattern]?
    /// The rule's `commands` and `galleryScripts`.
    package var commands: CommandSet?
    /// Whether an update may keep stored secrets that nobody can read; in a deny `true` means that it concerns these.
    package var storedSecrets: Bool
    /// From where scripts may be fetched; absent in an allow, none may be.
    package var scriptAddresses: ScriptAddressRule?
    package var managedIdentities: IdentitySet?
    package var runAs: AccountSet?
    /// Of an allow only.
    package var limits: Limits
    package var outputBlobs: [BlobPattern]?
    package var errorBlobs: [BlobPattern]?
    package var scriptShells: Set<String>?
    package var apiVersions: Set<String>?

    package init(id: String, effect: Decision.Effect) {
        self.id = id
        self.effect = effect
        self.storedSecrets = false
        self.limits = Limits()
    }
}
