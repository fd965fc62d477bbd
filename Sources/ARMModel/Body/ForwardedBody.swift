import Redaction
import StrictJSON

/// The body that goes to ARM, written afresh from the typed value: ASCII member names in a fixed order, nothing that
/// was not judged.
package enum ForwardedBody {
    package static func action(_ body: ActionBody) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("commandId", body.commandID)
        if let script = body.script {
            json.name("script")
            json.beginArray()
            for line in script.lines { json.string(line) }
            json.endArray()
        }
        Self.write(body.parameters.map { ($0.name, $0.value) }, named: "parameters", to: &json)
        json.endObject()
        return json.bytes
    }

    /// An update that names source, parameters, account, time-out and flags outright, as they were judged, so that
    /// a change of the stored command in between cannot alter what runs. What a GET hides is sent only as given.
    /// - Parameters:
    ///   - merged: the judged command; its source and parameters are known.
    ///   - timeoutSeconds: the time-out after the rule's limit was written in.
    /// - Throws: `InvalidParameter` if the api-version cannot say what is stored.
    package static func update(
        _ update: ManagedUpdate, merged: Command, timeoutSeconds: Int?, version: APIVersion
    ) throws(RequestError) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.name("properties")
        json.beginObject()
        if let source = merged.source.value ?? nil {
            json.name("source")
            json.beginObject()
            try Self.write(source, shell: merged.scriptShell.value ?? nil, version: version, to: &json)
            json.endObject()
        }
        Self.write((merged.parameters.value ?? []).map { ($0.name, $0.value) }, named: "parameters", to: &json)
        if let list = update.protectedParameters {
            // The one place where protected values are written: the body for ARM.
            Self.write(list.map { ($0.name, $0.value.withValue(\.self)) }, named: "protectedParameters", to: &json)
        }
        json.member("asyncExecution", (merged.asyncExecution.value ?? nil) ?? false)
        json.member("runAsUser", merged.runAsUser.value ?? nil)
        update.runAsPassword?.withValue { json.member("runAsPassword", $0) }
        json.member("timeoutInSeconds", timeoutSeconds ?? (merged.timeoutSeconds.value ?? nil))
        Self.write(update.outputBlob, named: "outputBlobUri", to: &json)
        Self.write(update.errorBlob, named: "errorBlobUri", to: &json)
        Self.write(update.outputBlobIdentity, named: "outputBlobManagedIdentity", to: &json)
        Self.write(update.errorBlobIdentity, named: "errorBlobManagedIdentity", to: &json)
        let treatFailure = (merged.treatFailureAsDeploymentFailure.value ?? nil) ?? false
        if version >= .v2023_03_01 {
            json.member("treatFailureAsDeploymentFailure", treatFailure)
        } else if treatFailure {
            throw Self.needsNewer("treatFailureAsDeploymentFailure", .v2023_03_01)
        }
        json.endObject()
        if let tags = update.tags {
            json.name("tags")
            json.beginObject()
            for tag in tags { json.member(tag.name, tag.value) }
            json.endObject()
        }
        json.endObject()
        return json.bytes
    }

    private static func write(
        _ source: ScriptSource, shell: String?, version: APIVersion, to json: inout JSONWriter
    ) throws(RequestError) {
        switch source {
        case .inline(_, let script): json.member("script", script.text)
        case .builtIn(let commandID): json.member("commandId", commandID)
        case .gallery(let id):
            guard version >= .v2025_04_01 else {
                throw Self.needsNewer("source.galleryScriptReferenceId", .v2025_04_01)
            }
            json.member("galleryScriptReferenceId", id)
        case .address(let address, let identity):
            Self.write(address, named: "scriptUri", to: &json)
            Self.write(identity.value ?? nil, named: "scriptUriManagedIdentity", to: &json)
        }
        guard let shell else { return }
        guard version >= .v2025_04_01 else { throw Self.needsNewer("source.scriptShell", .v2025_04_01) }
        json.member("scriptShell", shell)
    }

    private static func needsNewer(_ member: String, _ version: APIVersion) -> RequestError {
        RequestError(
            .invalidParameter,
            "the stored command has \(member), which this api-version cannot name; use \(version) or later",
            target: "$.properties.\(member)")
    }

    private static func write(_ list: [(String, String)], named name: String, to json: inout JSONWriter) {
        json.name(name)
        json.beginArray()
        for (key, value) in list {
            json.beginObject()
            json.member("name", key)
            json.member("value", value)
            json.endObject()
        }
        json.endArray()
    }

    private static func write(_ address: WebAddress?, named name: String, to json: inout JSONWriter) {
        guard let address else { return }
        let query = (address.query.value ?? nil)?.withValue(\.self) ?? ""
        json.member(name, address.withoutQuery + query)
    }

    private static func write(_ identity: ManagedIdentity?, named name: String, to json: inout JSONWriter) {
        guard let identity else { return }
        json.name(name)
        json.beginObject()
        switch identity {
        case .system: break
        case .clientID(let id): json.member("clientId", id)
        case .objectID(let id): json.member("objectId", id)
        }
        json.endObject()
    }
}
