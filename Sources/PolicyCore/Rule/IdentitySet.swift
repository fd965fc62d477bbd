import ARMModel

/// The managed identities of a rule: the machine's own, and user-assigned ones by client or object id.
package struct IdentitySet: Sendable, Hashable {
    package var hasSystem: Bool
    package var ids: Set<GUID>

    package init(hasSystem: Bool, ids: Set<GUID>) {
        self.hasSystem = hasSystem
        self.ids = ids
    }

    func contains(_ identity: ManagedIdentity) -> Bool {
        switch identity {
        case .system: self.hasSystem
        case .clientID(let text), .objectID(let text): GUID(text).map(self.ids.contains) ?? false
        }
    }
}
