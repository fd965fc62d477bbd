import ARMModel

/// Why an allow does not take a script from where the request has it fetched.
extension RuleMatcher {
    /// The conditions worth telling of those that are missing: a script whose address is refused was not fetched, so
    /// that it is on no list says nothing more.
    func withoutConsequences(_ missing: [Condition]) -> [Condition] {
        guard missing.contains(.scriptAddress), case .known(.address?) = self.facts.command?.command.source else {
            return missing
        }
        return missing.filter { $0 != .command }
    }

    func addressReason(_ command: Command) -> Reason {
        let member = self.path("source.scriptUri")
        guard self.rule.scriptAddresses != nil, case .address(let address, let identity) = ScriptOrigin(command) else {
            return self.reason(
                .scriptAddressNotAllowed, "The rule does not allow scripts from an address (\(member)).")
        }
        let message =
            switch ScriptOrigin.obstacle(address, identity) {
            case .notHTTPS: "The \(member) must be https."
            case .userInformation: "The \(member) may not hold user information."
            case .port: "The \(member) may name no port but 443."
            case .queryUnknown:
                "The stored \(member) cannot be fetched, since its query cannot be read; send the source anew."
            case .identity:
                "The gateway fetches the script itself, and does so without a managed identity; leave out "
                    + "\(self.path("source.scriptUriManagedIdentity"))."
            case nil: "The rule does not list the host of \(member)."
            }
        return self.reason(.scriptAddressNotAllowed, message)
    }
}
