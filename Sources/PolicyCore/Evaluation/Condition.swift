/// The conditions of a rule, in the order in which they are asked.
package enum Condition: String, Sendable, Hashable, CaseIterable {
    case operation, family, target, principal, apiVersion
    /// From where the script comes, if from an address.
    case scriptAddress
    /// Which script or built-in, with which parameters.
    case command
    case storedSecrets, managedIdentities, runAs, limits, outputBlob, errorBlob, scriptShell

    /// All of them, made once: this is walked for every rule of every request.
    static let inOrder = Condition.allCases
}
