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
    /// All fields are handed on by reference: a command goes along with a request to its very end.
    @usableFromInline var shared: SharedFields

    private init(_ fields: consuming Fields) { self.shared = SharedFields(fields) }

    /// An action, or a creation with nothing but a source.
    package init(source: ScriptSource?, parameters: [Parameter] = []) {
        self.init(Fields(source: .known(source), parameters: .known(parameters)))
    }

    /// A stored command of which nothing has been read.
    package static var unread: Command {
        Command(
            Fields(
                source: .unknown, scriptShell: .unknown, parameters: .unknown, protectedParameters: .unknown,
                runAsUser: .unknown, runAsPassword: .unknown, timeoutSeconds: .unknown, asyncExecution: .unknown,
                treatFailureAsDeploymentFailure: .unknown, outputBlob: .unknown, errorBlob: .unknown,
                outputBlobIdentity: .unknown, errorBlobIdentity: .unknown))
    }

    /// `nil` inside: no source at all, which nothing allows.
    @inlinable package var source: Known<ScriptSource?> {
        @inline(__always) get { self.shared.fields.source }
        set { self.change { $0.source = newValue } }
    }
    /// Where the text of an inline source was fetched from by the gateway; `nil` where the request carried it.
    @inlinable package var fetchedFrom: WebAddress? {
        @inline(__always) get { self.shared.fields.fetchedFrom }
        set { self.change { $0.fetchedFrom = newValue } }
    }
    /// The stored source that an update names another in place of; `nil` where it names none.
    @inlinable package var replacedSource: ScriptSource? {
        @inline(__always) get { self.shared.fields.replacedSource }
        set { self.change { $0.replacedSource = newValue } }
    }
    /// `source.scriptShell` (`Default`, `Powershell7`).
    @inlinable package var scriptShell: Known<String?> {
        @inline(__always) get { self.shared.fields.scriptShell }
        set { self.change { $0.scriptShell = newValue } }
    }
    @inlinable package var parameters: Known<[Parameter]> {
        @inline(__always) get { self.shared.fields.parameters }
        set { self.change { $0.parameters = newValue } }
    }
    @inlinable package var protectedParameters: Known<[ProtectedParameter]> {
        @inline(__always) get { self.shared.fields.protectedParameters }
        set { self.change { $0.protectedParameters = newValue } }
    }
    /// Account on the machine; `nil` inside is root or SYSTEM.
    @inlinable package var runAsUser: Known<String?> {
        @inline(__always) get { self.shared.fields.runAsUser }
        set { self.change { $0.runAsUser = newValue } }
    }
    @inlinable package var runAsPassword: Known<Secret?> {
        @inline(__always) get { self.shared.fields.runAsPassword }
        set { self.change { $0.runAsPassword = newValue } }
    }
    /// Seconds; `nil` inside and numbers below 1 mean no limit in the agent.
    @inlinable package var timeoutSeconds: Known<Int?> {
        @inline(__always) get { self.shared.fields.timeoutSeconds }
        set { self.change { $0.timeoutSeconds = newValue } }
    }
    @inlinable package var asyncExecution: Known<Bool?> {
        @inline(__always) get { self.shared.fields.asyncExecution }
        set { self.change { $0.asyncExecution = newValue } }
    }
    @inlinable package var treatFailureAsDeploymentFailure: Known<Bool?> {
        @inline(__always) get { self.shared.fields.treatFailureAsDeploymentFailure }
        set { self.change { $0.treatFailureAsDeploymentFailure = newValue } }
    }
    @inlinable package var outputBlob: Known<WebAddress?> {
        @inline(__always) get { self.shared.fields.outputBlob }
        set { self.change { $0.outputBlob = newValue } }
    }
    @inlinable package var errorBlob: Known<WebAddress?> {
        @inline(__always) get { self.shared.fields.errorBlob }
        set { self.change { $0.errorBlob = newValue } }
    }
    @inlinable package var outputBlobIdentity: Known<ManagedIdentity?> {
        @inline(__always) get { self.shared.fields.outputBlobIdentity }
        set { self.change { $0.outputBlobIdentity = newValue } }
    }
    @inlinable package var errorBlobIdentity: Known<ManagedIdentity?> {
        @inline(__always) get { self.shared.fields.errorBlobIdentity }
        set { self.change { $0.errorBlobIdentity = newValue } }
    }

    @usableFromInline
    mutating func change(_ body: (inout Fields) -> Void) {
        var fields = self.shared.fields
        body(&fields)
        self.shared = SharedFields(fields)
    }

    /// What is not given is known to be absent.
    @usableFromInline
    struct Fields: Sendable {
        @usableFromInline var source: Known<ScriptSource?>
        @usableFromInline var fetchedFrom: WebAddress?
        @usableFromInline var replacedSource: ScriptSource?
        @usableFromInline var scriptShell: Known<String?> = .known(nil)
        @usableFromInline var parameters: Known<[Parameter]> = .known([])
        @usableFromInline var protectedParameters: Known<[ProtectedParameter]> = .known([])
        @usableFromInline var runAsUser: Known<String?> = .known(nil)
        @usableFromInline var runAsPassword: Known<Secret?> = .known(nil)
        @usableFromInline var timeoutSeconds: Known<Int?> = .known(nil)
        @usableFromInline var asyncExecution: Known<Bool?> = .known(nil)
        @usableFromInline var treatFailureAsDeploymentFailure: Known<Bool?> = .known(nil)
        @usableFromInline var outputBlob: Known<WebAddress?> = .known(nil)
        @usableFromInline var errorBlob: Known<WebAddress?> = .known(nil)
        @usableFromInline var outputBlobIdentity: Known<ManagedIdentity?> = .known(nil)
        @usableFromInline var errorBlobIdentity: Known<ManagedIdentity?> = .known(nil)
    }

    @usableFromInline
    final class SharedFields: Sendable {
        @usableFromInline let fields: Fields

        init(_ fields: consuming Fields) { self.fields = fields }
    }
}
