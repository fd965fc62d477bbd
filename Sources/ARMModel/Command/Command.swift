package import Redaction

/// Where the code that runs comes from. Held by a reference, since it is copied with every copy of a command.
package indirect enum ScriptSource: Sendable, Hashable {
    /// A command that Azure ships, run as it is: an action without `script`, or a managed `source.commandId`.
    case builtIn(commandID: String)
    /// Text in the request. An action names the command id whose script it replaces, a managed command none.
    case inline(commandID: String?, script: ScriptText)
    /// An address that the machine fetches (`source.scriptUri`).
    case address(WebAddress, identity: Known<ManagedIdentity?>)
    /// A script version in a gallery (`source.galleryScriptReferenceId`), as the caller spelt it.
    case gallery(String)
}

/// What would run on the machine: one value for actions, creations and updates.
///
/// Each field that an update may leave as stored is `Known`: for an action and a creation everything is known; for an
/// update it is the merged command, first with all that the request does not name unknown, then with the stored
/// command filled in.
package struct Command: Sendable {
    /// `nil` inside: no source at all, which nothing allows.
    package var source: Known<ScriptSource?>
    /// Where the text of an inline source was fetched from by the gateway; `nil` where the request carried it.
    package var fetchedFrom: WebAddress?
    /// The stored source that an update names another in place of; `nil` where it names none.
    package var replacedSource: ScriptSource?
    /// `source.scriptShell` (`Default`, `Powershell7`).
    package var scriptShell: Known<String?>
    package var parameters: Known<[Parameter]>
    package var protectedParameters: Known<[ProtectedParameter]>
    /// Account on the machine; `nil` inside is root or SYSTEM.
    package var runAsUser: Known<String?>
    package var runAsPassword: Known<Secret?>
    /// Seconds; `nil` inside and numbers below 1 mean no limit in the agent.
    package var timeoutSeconds: Known<Int?>
    package var asyncExecution: Known<Bool?>
    package var treatFailureAsDeploymentFailure: Known<Bool?>
    package var outputBlob: Known<WebAddress?>
    package var errorBlob: Known<WebAddress?>
    package var outputBlobIdentity: Known<ManagedIdentity?>
    package var errorBlobIdentity: Known<ManagedIdentity?>

    /// An action, or a creation with nothing but a source.
    package init(source: ScriptSource?, parameters: [Parameter] = []) {
        self.source = .known(source)
        self.fetchedFrom = nil
        self.replacedSource = nil
        self.scriptShell = .known(nil)
        self.parameters = .known(parameters)
        self.protectedParameters = .known([])
        self.runAsUser = .known(nil)
        self.runAsPassword = .known(nil)
        self.timeoutSeconds = .known(nil)
        self.asyncExecution = .known(nil)
        self.treatFailureAsDeploymentFailure = .known(nil)
        self.outputBlob = .known(nil)
        self.errorBlob = .known(nil)
        self.outputBlobIdentity = .known(nil)
        self.errorBlobIdentity = .known(nil)
    }

    /// A stored command of which nothing has been read.
    package static var unread: Command {
        var command = Command(source: nil)
        command.source = .unknown
        command.scriptShell = .unknown
        command.parameters = .unknown
        command.protectedParameters = .unknown
        command.runAsUser = .unknown
        command.runAsPassword = .unknown
        command.timeoutSeconds = .unknown
        command.asyncExecution = .unknown
        command.treatFailureAsDeploymentFailure = .unknown
        command.outputBlob = .unknown
        command.errorBlob = .unknown
        command.outputBlobIdentity = .unknown
        command.errorBlobIdentity = .unknown
        return command
    }
}
