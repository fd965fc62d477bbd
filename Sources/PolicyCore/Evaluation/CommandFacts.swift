import ARMModel

/// A command with what every rule would otherwise work out again. One object, since a command is made of many parts.
final class CommandFacts: Sendable {
    /// What rules ask about the source besides ``digest`` and ``commandID``.
    enum Source: Sendable {
        /// As it is stored, and not read.
        case unread
        /// By its id.
        case gallery(String)
        case other
    }

    let command: Command
    let source: Source
    /// Of an inline script; `nil` for any other source, and where none is known.
    let digest: ScriptDigest?
    /// The built-in meant, or the one that an inline script is sent under.
    let commandID: String?
    /// What ``commandID`` comes to beside a script; `nil` for a built-in that does not exist to carry one.
    let carrier: CommandRule.Carrier?
    /// Whether the gateway fetches the text, or has.
    let isFetched: Bool
    /// Whether the source is an address, fetched or not.
    let isFromAddress: Bool
    /// See ``Command/keepsStoredSecrets``.
    let keepsStoredSecrets: Bool
    /// See ``Command/identities``.
    let identities: [Known<ManagedIdentity?>]
    /// What no policy can allow; see ``ParameterFloor/findings(in:)``.
    let floorFindings: [FloorViolation]

    init(_ command: Command) {
        var isAddress = false
        switch command.source {
        case .known(.inline(let commandID, let script)?):
            self.source = .other
            self.digest = ScriptDigest(script.digest)
            self.commandID = commandID
            self.carrier = commandID.flatMap { CommandRule.Carrier(commandID: $0) }
        case .known(.builtIn(let commandID)?):
            self.source = .other
            self.digest = nil
            self.commandID = commandID
            self.carrier = nil
        case let source:
            switch source {
            case .known(.gallery(let id)?): self.source = .gallery(id)
            case .unknown: self.source = .unread
            case .known: self.source = .other
            }
            if case .known(.address?) = source { isAddress = true }
            self.digest = nil
            self.commandID = nil
            self.carrier = nil
        }
        if case .some = command.fetchedFrom { self.isFetched = true } else { self.isFetched = false }
        self.isFromAddress = self.isFetched || isAddress
        self.keepsStoredSecrets = command.keepsStoredSecrets
        self.identities = command.identities
        self.floorFindings = ParameterFloor.findings(in: command)
        self.command = command
    }
}
