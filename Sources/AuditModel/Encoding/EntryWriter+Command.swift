import ARMModel
import Redaction
import StrictJSON

/// What would run: every field of the request, in sorted order, with a mark where it is not known.
extension EntryWriter {
    mutating func command(_ command: Command, extras: CommandExtras) {
        let source = command.source
        self.json.name("command")
        self.json.beginObject()
        self.flag("asyncExecution", command.asyncExecution)
        self.commandID(source)
        self.identity("errorBlobManagedIdentity", command.errorBlobIdentity)
        self.address("errorBlobURI", command.errorBlob, label: .blobQuery)
        if case .known(.gallery(let id)) = source { self.json.member("galleryScriptReferenceID", id) }
        self.json.member("location", extras.location)
        self.identity("outputBlobManagedIdentity", command.outputBlobIdentity)
        self.address("outputBlobURI", command.outputBlob, label: .blobQuery)
        self.parameters(command.parameters)
        self.protectedParameters(command.protectedParameters)
        if !extras.readOnlyMembers.isEmpty { self.strings("readOnlyMembers", extras.readOnlyMembers) }
        switch command.runAsPassword {
        case .known(let secret?): self.redacted("runAsPassword", secret, label: .runAsPassword)
        case .known(nil): break
        case .unknown: self.unknown("runAsPassword")
        }
        self.text("runAsUser", command.runAsUser)
        self.script(source)
        self.text("scriptShell", command.scriptShell)
        if case .known(.address(let address, let identity)) = source {
            self.address("scriptURI", .known(address), label: .scriptQuery)
            self.identity("scriptURIManagedIdentity", identity)
        } else if let address = command.fetchedFrom {
            self.address("scriptURI", .known(address), label: .scriptQuery)
        }
        if case .unknown = source { self.unknown("source") }
        self.tags(extras.tags)
        switch command.timeoutSeconds {
        case .known(let seconds): self.json.member("timeoutInSeconds", seconds)
        case .unknown: self.unknown("timeoutInSeconds")
        }
        self.flag("treatFailureAsDeploymentFailure", command.treatFailureAsDeploymentFailure)
        self.json.endObject()
    }

    // MARK: Parts of a command

    private mutating func commandID(_ source: Known<ScriptSource?>) {
        switch source {
        case .known(.builtIn(let id)): self.json.member("commandId", id)
        case .known(.inline(let id, _)): self.json.member("commandId", id)
        default: break
        }
    }

    private mutating func script(_ source: Known<ScriptSource?>) {
        guard case .known(.inline(_, let script)) = source else { return }
        if self.settings.scriptText == .full { self.committed("script", script.text, pointer: "/command/script") }
        self.json.member("scriptSHA256", script.digest)
    }

    private mutating func parameters(_ list: Known<[Parameter]>) {
        guard case .known(let list) = list else { return self.unknown("parameters") }
        self.json.name("parameters")
        self.json.beginArray()
        for index in list.indices {
            self.json.beginObject()
            self.json.member("name", list[index].name)
            switch self.settings.parameterValues {
            case .full: self.committed("value", list[index].value, pointer: "/command/parameters/\(index)/value")
            case .digest: self.redacted("value", Secret(list[index].value), label: .parameter)
            }
            self.json.endObject()
        }
        self.json.endArray()
    }

    private mutating func protectedParameters(_ list: Known<[ProtectedParameter]>) {
        guard case .known(let list) = list else { return self.unknown("protectedParameters") }
        self.json.name("protectedParameters")
        self.json.beginArray()
        for parameter in list {
            let fingerprint = self.settings.fingerprintKey.fingerprint(of: parameter.value, label: .protectedParameter)
            self.json.beginObject()
            self.json.member("fingerprint", fingerprint.text)
            self.json.member("name", parameter.name)
            self.json.member("redacted", true)
            self.json.endObject()
        }
        self.json.endArray()
    }

    private mutating func tags(_ tags: [(name: String, value: String)]?) {
        guard let tags else { return }
        self.json.name("tags")
        self.json.beginArray()
        for (index, tag) in tags.enumerated() {
            self.json.beginObject()
            self.committed("name", tag.name, pointer: "/command/tags/\(index)/name")
            self.committed("value", tag.value, pointer: "/command/tags/\(index)/value")
            self.json.endObject()
        }
        self.json.endArray()
    }

    private mutating func address(_ name: StaticString, _ address: Known<WebAddress?>, label: FingerprintLabel) {
        switch address {
        case .unknown: self.unknown(name)
        case .known(nil): break
        case .known(let address?):
            self.json.name(name)
            self.json.beginObject()
            self.json.member("address", address.withoutQuery)
            if address.hasUserInformation { self.json.member("hasUserInformation", true) }
            switch address.query {
            case .unknown: self.unknown("query")
            case .known(nil): break
            case .known(let query?): self.redacted("query", query, label: label)
            }
            self.json.endObject()
        }
    }

    private mutating func identity(_ name: StaticString, _ identity: Known<ManagedIdentity?>) {
        switch identity {
        case .unknown: self.unknown(name)
        case .known(nil): break
        case .known(let identity?):
            self.json.name(name)
            self.json.beginObject()
            switch identity {
            case .clientID(let id): self.json.member("clientId", id)
            case .objectID(let id): self.json.member("objectId", id)
            case .system: self.json.member("system", true)
            }
            self.json.endObject()
        }
    }

    private mutating func text(_ name: StaticString, _ text: Known<String?>) {
        switch text {
        case .unknown: self.unknown(name)
        case .known(let text): self.json.member(name, text)
        }
    }

    private mutating func flag(_ name: StaticString, _ flag: Known<Bool?>) {
        switch flag {
        case .unknown: self.unknown(name)
        case .known(let flag): self.json.member(name, flag)
        }
    }
}
