import ARMModel
import Redaction
import YAMLReading

/// Reads the command of a case: the members of a run-command body in their own words, flat, and two more: `scriptFile`
/// (a file of `scripts/`) in place of `script`, and `stored`, the members that are left as they are stored, unread.
/// A `scriptUri` beside a script is where the gateway fetched that script from; alone, it has not been fetched yet.
struct CaseCommandReader {
    private let files: BundleFiles
    private let problems: Problems

    init(_ files: BundleFiles, _ problems: Problems) {
        self.files = files
        self.problems = problems
    }

    func read(_ mapping: YAMLMapping) -> Command {
        let (source, fetchedFrom) = self.source(mapping)
        var command = Command(source: source)
        command.fetchedFrom = fetchedFrom
        command.scriptShell = .known(mapping.string("scriptShell"))
        command.parameters = .known(
            self.pairs("parameters", mapping).map { Parameter(name: $0.name, value: $0.value) })
        command.protectedParameters = .known(
            self.pairs("protectedParameters", mapping).map {
                ProtectedParameter(name: $0.name, value: Secret($0.value))
            })
        command.runAsUser = .known(mapping.string("runAsUser", allowEmpty: true))
        command.runAsPassword = .known(mapping.string("runAsPassword", allowEmpty: true).map { Secret($0) })
        command.timeoutSeconds = .known(mapping.integer("timeoutInSeconds", in: Int(Int32.min)...Int(Int32.max)))
        command.asyncExecution = .known(mapping.boolean("asyncExecution"))
        command.treatFailureAsDeploymentFailure = .known(mapping.boolean("treatFailureAsDeploymentFailure"))
        command.outputBlob = .known(self.address("outputBlobUri", mapping))
        command.errorBlob = .known(self.address("errorBlobUri", mapping))
        command.outputBlobIdentity = .known(self.identity("outputBlobManagedIdentity", mapping))
        command.errorBlobIdentity = .known(self.identity("errorBlobManagedIdentity", mapping))
        self.forget(mapping, &command)
        return command
    }

    private func source(_ mapping: YAMLMapping) -> (ScriptSource?, fetchedFrom: WebAddress?) {
        let commandID = mapping.string("commandId")
        var script = mapping.string("script", allowEmpty: true).map { ScriptText($0) }
        if let file = mapping.string("scriptFile") {
            let mark = mapping.mark(of: "scriptFile")
            script = self.files.read("scripts/" + file, limit: ScriptFile.maximumBytes, at: mark)
                .flatMap { ScriptFile.text(of: $0, at: mark, problems: self.problems) }
        }
        let address = self.address("scriptUri", mapping)
        let identity = self.identity("scriptUriManagedIdentity", mapping)
        if let script {
            if address != nil, commandID != nil || identity != nil {
                mapping.error(
                    "scriptUri",
                    "beside a script stands for where it was fetched, and then goes without commandId and "
                        + "scriptUriManagedIdentity")
            }
            return (.inline(commandID: commandID, script: script), address)
        }
        if let address { return (.address(address, identity: .known(identity)), nil) }
        if let id = mapping.string("galleryScriptReferenceId") { return (.gallery(id), nil) }
        return (commandID.map { .builtIn(commandID: $0) }, nil)
    }

    private func pairs(_ key: String, _ mapping: YAMLMapping) -> [(name: String, value: String)] {
        (mapping.mappings(key) ?? []).map { pair in
            pair.require("name")
            pair.require("value")
            return (
                pair.string("name", numbersAsText: true, allowEmpty: true) ?? "",
                pair.string("value", numbersAsText: true, allowEmpty: true) ?? ""
            )
        }
    }

    private func address(_ key: String, _ mapping: YAMLMapping) -> WebAddress? {
        guard let text = mapping.string(key) else { return nil }
        if let address = WebAddress(text) { return address }
        mapping.error(key, "is no address")
        return nil
    }

    private func identity(_ key: String, _ mapping: YAMLMapping) -> ManagedIdentity? {
        guard let identity = mapping.mapping(key) else { return nil }
        if let id = identity.string("clientId") { return .clientID(id) }
        if let id = identity.string("objectId") { return .objectID(id) }
        return .system
    }

    private func forget(_ mapping: YAMLMapping, _ command: inout Command) {
        for entry in mapping.markedStrings("stored") ?? [] {
            switch entry.value {
            case "source": command.source = .unknown
            case "scriptShell": command.scriptShell = .unknown
            case "parameters": command.parameters = .unknown
            case "protectedParameters": command.protectedParameters = .unknown
            case "runAsUser": command.runAsUser = .unknown
            case "runAsPassword": command.runAsPassword = .unknown
            case "timeoutInSeconds": command.timeoutSeconds = .unknown
            case "asyncExecution": command.asyncExecution = .unknown
            case "treatFailureAsDeploymentFailure": command.treatFailureAsDeploymentFailure = .unknown
            case "outputBlobUri": command.outputBlob = .unknown
            case "errorBlobUri": command.errorBlob = .unknown
            case "outputBlobManagedIdentity": command.outputBlobIdentity = .unknown
            case "errorBlobManagedIdentity": command.errorBlobIdentity = .unknown
            default: self.problems.error("'\(mapping.name(of: "stored"))' holds an unknown member", at: entry.mark)
            }
        }
    }
}
