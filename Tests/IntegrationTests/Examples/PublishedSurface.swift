import StrictJSON

/// What Azure's specification says about versions, in words of the tests' own: read from the published documents, not
/// from the gateway's tables.
enum PublishedSurface {
    /// Stable versions of Microsoft.Compute that define run commands.
    static let versions = [
        "2017-03-30", "2017-12-01", "2018-04-01", "2018-06-01", "2018-10-01", "2019-03-01", "2019-07-01", "2019-12-01",
        "2020-06-01", "2020-12-01", "2021-03-01", "2021-04-01", "2021-07-01", "2021-11-01", "2022-03-01", "2022-08-01",
        "2022-11-01", "2023-03-01", "2023-07-01", "2023-09-01", "2024-03-01", "2024-07-01", "2024-11-01", "2025-04-01",
        "2025-11-01", "2026-03-01", "2026-04-01",
    ]

    /// Versions that nobody has published for run commands, and one that only looks like one.
    static let strange = ["2016-08-30", "2022-08-02", "2024-07-01-preview", "2031-01-01"]

    /// The version that introduced an operation. Dates of this form sort as texts.
    static func since(_ example: AzureExample) -> String {
        if example.isDiagnostic { return "2026-04-01" }
        switch example.kind {
        case .machineAction, .catalog, .catalogEntry: return "2017-03-30"
        case .instanceAction: return "2018-04-01"
        case .create, .update, .delete, .read, .list: return "2020-06-01"
        }
    }

    /// Members that came later than their operation.
    static let laterMembers = [
        "treatFailureAsDeploymentFailure": "2023-03-01", "outputBlobManagedIdentity": "2023-03-01",
        "errorBlobManagedIdentity": "2023-03-01", "scriptUriManagedIdentity": "2023-03-01",
        "scriptShell": "2025-04-01", "galleryScriptReferenceId": "2025-04-01", "systemData": "2024-11-01",
    ]

    enum Verdict: Sendable, Hashable {
        case accepted
        case refused(Int, String)
    }

    /// What the gateway must do with a request in a version, under rules that allow scripts and built-ins, and no
    /// script addresses.
    static func verdict(_ request: ExampleRequest, in version: String) -> Verdict {
        guard self.versions.contains(version), version >= self.since(request.example) else {
            return .refused(400, "InvalidApiVersionParameter")
        }
        guard let body = request.body else { return .accepted }
        if self.names(in: body).contains(where: { (self.laterMembers[$0] ?? "") > version }) {
            return .refused(400, "InvalidRequestContent")
        }
        if body["properties"]?["runAsPassword"]?.string?.contains("<") == true {
            return .refused(400, "InvalidParameter")
        }
        if body["properties"]?["source"]?["scriptUri"] != nil { return .refused(403, "RequestDisallowedByPolicy") }
        if body["commandId"]?.string == "RunPowerShellScript", body["script"] == nil {
            return .refused(403, "RequestDisallowedByPolicy")
        }
        return .accepted
    }

    private static func names(in node: JSONNode) -> Set<String> {
        switch node.value {
        case .object(let members):
            members.reduce(into: []) { $0.formUnion(self.names(in: $1.value).union([$1.name])) }
        case .array(let elements): elements.reduce(into: []) { $0.formUnion(self.names(in: $1)) }
        default: []
        }
    }

    /// What the gateway is documented to change on the way to ARM: a script's line feeds at its end go, the region is
    /// written in its short form, lists and flags that were left out are named outright, and an update names what is
    /// stored.
    /// - Parameter stored: `properties` of the stored command, for an update.
    static func changes(_ request: ExampleRequest, in version: String, stored: JSONNode?) -> Set<String> {
        guard let body = request.body else { return [] }
        var changes: Set<String> = []
        func named(_ path: String, _ old: JSONNode?, _ new: JSONNode?) {
            changes.formUnion(JSONDifference.between(old, new, at: path))
        }
        func end(_ text: String) -> String {
            var text = text
            while text.last?.isNewline == true { text.removeLast() }
            return text
        }
        if request.example.kind == .machineAction || request.example.kind == .instanceAction {
            if body["parameters"] == nil { named("$.parameters", nil, JSONNode(.array([]))) }
            if let script = body["script"] {
                let text = end((script.array ?? []).compactMap(\.string).joined(separator: "\n"))
                let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
                named("$.script", script, JSONNode(.array(lines.map { JSONNode(.string(String($0))) })))
            }
            return changes
        }
        let properties = body["properties"]
        if let location = body["location"]?.string {
            let short = location.lowercased().filter { $0 != " " }
            named("$.location", JSONNode(.string(location)), JSONNode(.string(short)))
        }
        if let script = properties?["source"]?["script"]?.string {
            named("$.properties.source.script", JSONNode(.string(script)), JSONNode(.string(end(script))))
        }
        func filled(_ name: StaticString, _ value: JSONNode?) {
            guard properties?[name] == nil else { return }
            named("$.properties.\(name)", nil, value)
        }
        if request.example.kind == .update {
            filled("source", stored?["source"])
            filled("timeoutInSeconds", stored?["timeoutInSeconds"])
            filled("runAsUser", stored?["runAsUser"])
        } else {
            filled("timeoutInSeconds", JSONNode(.number("3600")))
        }
        filled("parameters", stored?["parameters"] ?? JSONNode(.array([])))
        filled("asyncExecution", JSONNode(.bool(false)))
        if version >= "2023-03-01" { filled("treatFailureAsDeploymentFailure", JSONNode(.bool(false))) }
        return changes
    }
}
