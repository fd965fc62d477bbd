import Redaction
import StrictJSON

/// The body that goes to ARM, written afresh from the typed value: ASCII member names in a fixed order, nothing that
/// was not judged.
package enum ForwardedBody {
    package static func action(_ body: ActionBody) -> [UInt8] {
        // Most scripts are a few lines.
        var json = JSONWriter(capacity: 768)
        json.beginObject()
        json.member("commandId", body.commandID)
        if let script = body.script {
            json.name("script")
            json.beginArray()
            script.forEachLine { json.string($0) }
            json.endArray()
        }
        Self.write(body.parameters, named: "parameters", to: &json) { ($0.name, $0.value) }
        json.endObject()
        return json.bytes
    }

    /// A creation: location and tags as given, the rest as it was judged.
    /// - Parameters:
    ///   - command: the judged command. Where the gateway has fetched the script, its source is the text and not the
    ///     address any more.
    ///   - timeoutSeconds: the time-out after the rule's limit was written in.
    package static func create(
        _ create: ManagedCreate, command: Command, timeoutSeconds: Int?, version: APIVersion
    ) throws(RequestError) -> [UInt8] {
        var json = JSONWriter()
        json.beginObject()
        json.member("location", create.location)
        try Self.write(create.properties, as: command, timeoutSeconds: timeoutSeconds, version: version, to: &json)
        Self.write(tags: create.tags, to: &json)
        json.endObject()
        return json.bytes
    }

    /// An update that names source, shell, parameters, account, time-out and flags outright, as they were judged, so
    /// that the same runs whether ARM replaces the stored `source` or merges with it (facts §4.3). What a GET hides is
    /// sent only as given.
    /// - Parameters:
    ///   - merged: the judged command; its source and parameters are known.
    ///   - timeoutSeconds: the time-out after the rule's limit was written in.
    /// - Throws: `InvalidParameter` if the api-version cannot say what is stored, or if a part of the stored source
    ///   might stay beside the new one.
    package static func update(
        _ update: ManagedUpdate, merged: Command, timeoutSeconds: Int?, version: APIVersion
    ) throws(RequestError) -> [UInt8] {
        try Self.checkReplacement(in: merged)
        var json = JSONWriter()
        json.beginObject()
        try Self.write(update.properties, as: merged, timeoutSeconds: timeoutSeconds, version: version, to: &json)
        Self.write(tags: update.tags, to: &json)
        json.endObject()
        return json.bytes
    }

    private static func write(
        _ given: ManagedProperties, as judged: Command, timeoutSeconds: Int?, version: APIVersion,
        to json: inout JSONWriter
    ) throws(RequestError) {
        json.name("properties")
        json.beginObject()
        if let source = judged.source.value ?? nil {
            json.name("source")
            json.beginObject()
            try Self.write(source, shell: judged.scriptShell.value ?? nil, version: version, to: &json)
            json.endObject()
        }
        Self.write(judged.parameters.value ?? [], named: "parameters", to: &json) { ($0.name, $0.value) }
        if let list = given.protectedParameters {
            // The one place where protected values are written: the body for ARM.
            Self.write(list, named: "protectedParameters", to: &json) { ($0.name, $0.value.withValue(\.self)) }
        }
        json.member("asyncExecution", (judged.asyncExecution.value ?? nil) ?? false)
        json.member("runAsUser", judged.runAsUser.value ?? nil)
        given.runAsPassword?.withValue { json.member("runAsPassword", $0) }
        json.member("timeoutInSeconds", timeoutSeconds ?? (judged.timeoutSeconds.value ?? nil))
        Self.write(given.outputBlob, named: "outputBlobUri", to: &json)
        Self.write(given.errorBlob, named: "errorBlobUri", to: &json)
        Self.write(given.outputBlobIdentity, named: "outputBlobManagedIdentity", to: &json)
        Self.write(given.errorBlobIdentity, named: "errorBlobManagedIdentity", to: &json)
        let treatFailure = (judged.treatFailureAsDeploymentFailure.value ?? nil) ?? false
        if version >= .v2023_03_01 {
            json.member("treatFailureAsDeploymentFailure", treatFailure)
        } else if treatFailure {
            throw Self.needsNewer("treatFailureAsDeploymentFailure", .v2023_03_01)
        }
        json.endObject()
    }

    private static func write(tags: [(name: String, value: String)]?, to json: inout JSONWriter) {
        guard let tags else { return }
        json.name("tags")
        json.beginObject()
        for tag in tags { json.member(tag.name, tag.value) }
        json.endObject()
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

    /// A source may take the place of one of its own kind, whose member it names anew. Another kind's member might
    /// stay, and so might the identity beside an address.
    private static func checkReplacement(in merged: Command) throws(RequestError) {
        guard let replaced = merged.replacedSource, case .known(let source?) = merged.source else { return }
        switch (replaced, source) {
        case (.inline, .inline), (.builtIn, .builtIn), (.gallery, .gallery): return
        case (.address(_, let before), .address(_, let after)):
            // An identity that is named by its id is the one, or the service refuses the two together.
            if before == .known(nil) { return }
            if case .known(let identity?) = after, identity != .system { return }
        default: break
        }
        throw RequestError(
            .invalidParameter,
            "the stored command has its script from another kind of source, which an update may leave beside the new "
                + "one; PUT the command", target: "$.properties.source")
    }

    private static func needsNewer(_ member: String, _ version: APIVersion) -> RequestError {
        RequestError(
            .invalidParameter,
            "the stored command has \(member), which this api-version cannot name; use \(version) or later",
            target: "$.properties.\(member)")
    }

    @inline(__always)
    private static func write<Element>(
        _ list: [Element], named name: StaticString, to json: inout JSONWriter, as pair: (Element) -> (String, String)
    ) {
        json.name(name)
        json.beginArray()
        for element in list {
            let (key, value) = pair(element)
            json.beginObject()
            json.member("name", key)
            json.member("value", value)
            json.endObject()
        }
        json.endArray()
    }

    private static func write(_ address: WebAddress?, named name: StaticString, to json: inout JSONWriter) {
        guard let address else { return }
        let query = (address.query.value ?? nil)?.withValue(\.self) ?? ""
        json.member(name, address.withoutQuery + query)
    }

    private static func write(_ identity: ManagedIdentity?, named name: StaticString, to json: inout JSONWriter) {
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
