import ARMModel

/// Stored commands for updates to be merged with.
enum StoredSamples {
    static let script = "echo stored"
    static let user = "stored-user"
    static let seconds = 77

    /// What the update is judged with. Its flags can be said in every api-version.
    static let judged: Command = {
        var command = Command(source: .inline(commandID: nil, script: ScriptText(script)))
        command.parameters = .known([Parameter(name: "stored", value: "kept")])
        command.protectedParameters = .unknown
        command.runAsUser = .known(user)
        command.runAsPassword = .unknown
        command.timeoutSeconds = .known(seconds)
        command.asyncExecution = .known(true)
        command.treatFailureAsDeploymentFailure = .known(false)
        return command
    }()

    /// The same, with a source of the kind that the update names: another kind's is never replaced by an update.
    static func judged(with update: ManagedUpdate) -> Command {
        var command = self.judged
        switch update.properties.source ?? nil {
        case nil, .inline: break
        case .builtIn: command.source = .known(.builtIn(commandID: "Stored"))
        case .gallery: command.source = .known(.gallery("/stored"))
        case .address(let address, _): command.source = .known(.address(address, identity: .known(nil)))
        }
        return command
    }

    /// What may stand in its place by the time the update arrives: different in everything.
    static let changed: Command = {
        var command = Command(source: .builtIn(commandID: "ChangedMeanwhile"))
        command.scriptShell = .known("Changed")
        command.parameters = .known([Parameter(name: "changed", value: "changed")])
        command.protectedParameters = .unknown
        command.runAsUser = .known("changed-user")
        command.runAsPassword = .unknown
        command.timeoutSeconds = .known(999)
        command.asyncExecution = .known(false)
        command.treatFailureAsDeploymentFailure = .known(true)
        return command
    }()
}
