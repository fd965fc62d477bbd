extension ManagedUpdate {
    /// The stored command after this update.
    /// - Parameter stored: ``Command/unread`` before the stored command has been read.
    package func applied(to stored: Command) -> Command { self.properties.applied(to: stored) }
}

/// What properties make of a command: `source` and identity objects replace as a whole, lists replace as a whole,
/// everything else member by member (facts §4.3).
extension ManagedProperties {
    func applied(to stored: Command) -> Command {
        var command = stored
        if let source = self.source {
            command.source = .known(source)
            command.scriptShell = .known(self.scriptShell)
        }
        if let value = self.parameters { command.parameters = .known(value) }
        if let value = self.protectedParameters { command.protectedParameters = .known(value) }
        if let value = self.asyncExecution { command.asyncExecution = .known(value) }
        if let value = self.runAsUser { command.runAsUser = .known(value) }
        if let value = self.runAsPassword { command.runAsPassword = .known(value) }
        if let value = self.timeoutSeconds { command.timeoutSeconds = .known(value) }
        if let value = self.outputBlob { command.outputBlob = .known(value) }
        if let value = self.errorBlob { command.errorBlob = .known(value) }
        if let value = self.outputBlobIdentity { command.outputBlobIdentity = .known(value) }
        if let value = self.errorBlobIdentity { command.errorBlobIdentity = .known(value) }
        if let value = self.treatFailureAsDeploymentFailure { command.treatFailureAsDeploymentFailure = .known(value) }
        return command
    }
}
