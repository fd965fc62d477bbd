import ARMModel

/// One entry of a rule's `commands`: a script or built-in, and the parameters that it may carry.
package struct CommandRule: Sendable, Hashable {
    package enum Source: Sendable, Hashable {
        /// An inline script by its digest.
        case script(digest: String)
        /// A built-in as Azure ships it.
        case builtIn(commandID: String)
        /// Any inline script.
        case anyScript
    }

    /// The built-ins that exist to carry a script; which of them an action names says which shell runs it.
    package enum Carrier: String, Sendable, Hashable, CaseIterable {
        case shell = "RunShellScript"
        case powerShell = "RunPowerShellScript"

        package init?(commandID: String) {
            guard let found = Self.allCases.first(where: { ASCIICase.areEqual($0.rawValue, commandID) }) else {
                return nil
            }
            self = found
        }
    }

    package var source: Source
    /// Which action may carry the script; a managed command has no such id. `nil` (in a deny): any.
    package var carrier: Carrier?
    package var parameters: ParameterRules
    package var protectedParameters: ParameterRules
    /// Name in the catalogue.
    package var scriptName: String?

    package init(
        source: Source, carrier: Carrier? = nil, parameters: ParameterRules = .none,
        protectedParameters: ParameterRules = .none, scriptName: String? = nil
    ) {
        self.source = source
        self.carrier = carrier
        self.parameters = parameters
        self.protectedParameters = protectedParameters
        self.scriptName = scriptName
    }

    /// Whether this is the script or built-in meant, parameters aside.
    ///
    /// An allowed built-in never lets a script ride along: where the request carries a script in any form, its source
    /// is `.inline`, whatever command id stands beside it, and `.builtIn` is not asked.
    func identifies(_ source: ScriptSource, effect: Decision.Effect) -> Bool {
        switch (self.source, source) {
        case (.builtIn(let id), .builtIn(let commandID)): return ASCIICase.areEqual(id, commandID)
        case (.builtIn(let id), .inline(let commandID?, _)):
            return effect == .deny && ASCIICase.areEqual(id, commandID)
        case (.script(let digest), .inline(let commandID, let script)):
            return digest == script.digest && self.isCarried(by: commandID)
        case (.anyScript, .inline(let commandID, _)): return self.isCarried(by: commandID)
        default: return false
        }
    }

    private func isCarried(by commandID: String?) -> Bool {
        guard let commandID, let carrier = self.carrier else { return true }
        return ASCIICase.areEqual(carrier.rawValue, commandID)
    }

    func failures(of command: Command, keepsStored: Bool) -> CommandFailures {
        CommandFailures(
            plain: self.parameters.failures(of: command.parameters, keepsStored: false),
            protected: self.protectedParameters.failures(
                of: command.protectedParameters, keepsStored: keepsStored))
    }

    func denies(_ command: Command) -> Truth {
        self.parameters.denies(command.parameters).and(self.protectedParameters.denies(command.protectedParameters))
    }
}

/// What keeps the parameters of a command from being those of an entry.
struct CommandFailures {
    var plain: [ParameterRules.Failure]
    var protected: [ParameterRules.Failure]

    var truth: Truth {
        if self.plain.isEmpty && self.protected.isEmpty { return .holds }
        return (self.plain + self.protected).allSatisfy { $0 == .unknown } ? .unknown : .fails
    }
}
