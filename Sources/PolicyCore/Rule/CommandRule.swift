import ARMModel

/// One entry of a rule's `commands`: a script or built-in, and the parameters that it may carry.
package final class CommandRule: Sendable {
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
            if ASCIICase.areEqual(Self.shell.rawValue, commandID) {
                self = .shell
            } else if ASCIICase.areEqual(Self.powerShell.rawValue, commandID) {
                self = .powerShell
            } else {
                return nil
            }
        }
    }

    package let source: Source
    /// Which action may carry the script; a managed command has no such id. `nil` (in a deny): any.
    package let carrier: Carrier?
    package let parameters: ParameterRules
    package let protectedParameters: ParameterRules
    /// Name in the catalogue.
    package let scriptName: String?
    private let required: [String]
    private let requiredProtected: [String]

    package init(
        source: Source, carrier: Carrier? = nil, parameters: ParameterRules = .none,
        protectedParameters: ParameterRules = .none, scriptName: String? = nil
    ) {
        self.source = source
        self.carrier = carrier
        self.parameters = parameters
        self.protectedParameters = protectedParameters
        self.scriptName = scriptName
        self.required = parameters.requiredNames
        self.requiredProtected = protectedParameters.requiredNames
    }

    var isForAnyScript: Bool {
        if case .anyScript = self.source { true } else { false }
    }

    /// Whether a script may come as it does: an action names a built-in beside it, a managed command none.
    func isCarried(as command: CommandFacts) -> Bool {
        guard command.commandID != nil, let carrier = self.carrier else { return true }
        return command.carrier == carrier
    }

    /// Whether this is the built-in that a request names.
    func isBuiltIn(named commandID: String) -> Bool {
        guard case .builtIn(let id) = self.source else { return false }
        return ASCIICase.areEqual(id, commandID)
    }

    func failures(of command: CommandFacts, keepsStored: Bool) -> CommandFailures {
        CommandFailures(
            plain: self.parameters.failures(
                of: command.command.parameters, required: self.required, keepsStored: false),
            protected: self.protectedParameters.failures(
                of: command.command.protectedParameters, required: self.requiredProtected, keepsStored: keepsStored))
    }

    func denies(_ command: CommandFacts) -> Truth {
        self.parameters.denies(command.command.parameters)
            .and(self.protectedParameters.denies(command.command.protectedParameters))
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
