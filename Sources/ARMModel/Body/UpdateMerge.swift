extension ManagedUpdate {
    /// The stored command after this update.
    /// - Parameter stored: ``Command/unread`` before the stored command has been read.
    package func applied(to stored: Command) -> Command { self.properties.applied(to: stored) }
}

/// What properties make of a command: lists replace as a whole, everything else member by member (facts §4.3).
///
/// Whether an object inside, `source` above all, replaces the stored one or is merged with it (RFC 7396, by ARM's
/// contract) is not known. So a shell that is not named stays as stored and is named in what is forwarded, and what
/// cannot be named so that both readings agree is refused there (``ForwardedBody``) or when the body is read.
extension ManagedProperties {
    func applied(to stored: Command) -> Command {
        var command = stored
        if let source = self.source {
            command.source = .known(source)
            if case .known(let replaced) = stored.source { command.replacedSource = replaced }
            if let shell = self.scriptShell { command.scriptShell = .known(shell) }
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
