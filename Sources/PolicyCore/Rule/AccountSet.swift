import ARMModel

/// The accounts of a rule's `runAs`.
package struct AccountSet: Sendable, Hashable {
    /// No `runAsUser` at all: root or SYSTEM.
    package var hasDefault: Bool
    package var names: [String]

    package init(hasDefault: Bool, names: [String] = []) {
        self.hasDefault = hasDefault
        self.names = names
    }

    /// What an allow without `runAs` means.
    package static let defaultOnly = AccountSet(hasDefault: true)

    /// - Parameter user: `nil` for none. Linux tells `svc` from `SVC`, Windows does not: an allow compares exactly, a
    ///   deny without case.
    func contains(_ user: String?, effect: Decision.Effect) -> Bool {
        guard let user else { return self.hasDefault }
        switch effect {
        case .allow: return self.names.contains(user)
        case .deny: return self.names.contains { ASCIICase.areEqual($0, user) }
        }
    }
}
