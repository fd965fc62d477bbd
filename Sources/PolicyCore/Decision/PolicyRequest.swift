package import ARMModel

/// Everything that a decision may depend on. All of it stands in the record, so that another policy can be asked
/// about it later.
package struct PolicyRequest: Sendable {
    package var principal: Principal
    package var operation: Operation
    package var family: CommandFamily
    package var target: ResourceTarget
    package var apiVersion: String
    /// The command by reference, with what rules ask of it worked out once.
    private(set) var commandFacts: CommandFacts?
    /// An update of nothing but tags runs nothing new, yet is judged like any other.
    package var justification: String?

    /// What would run; `nil` where no script runs.
    package var command: Command? {
        get { self.commandFacts?.command }
        set { self.commandFacts = newValue.map { CommandFacts($0) } }
    }

    /// Everything in the command that no policy can allow; see ``ParameterFloor``. Looked for once.
    package var floorViolations: [FloorViolation] {
        guard let findings = self.commandFacts?.floorFindings, !findings.isEmpty else { return [] }
        return ParameterFloor.told(findings, self.operation)
    }
}

// An init beside the struct hands on to the memberwise one, and so makes no second copy of so many parts.
extension PolicyRequest {
    package init(
        principal: Principal, operation: Operation, family: CommandFamily = .standard, target: ResourceTarget,
        apiVersion: String, command: Command? = nil, justification: String? = nil
    ) {
        self.init(
            principal: principal, operation: operation, family: family, target: target, apiVersion: apiVersion,
            commandFacts: command.map { CommandFacts($0) }, justification: justification)
    }
}
