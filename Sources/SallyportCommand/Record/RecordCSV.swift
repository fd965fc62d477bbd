import StrictJSON

/// A row of the record as a line of CSV. Texts that may be erased are not in it; `scriptSHA256` is.
enum RecordCSV {
    /// Names of columns, and where in a row each is.
    private static let columns: [(name: String, path: [StaticString])] = [
        ("time", ["time"]), ("event", ["event"]), ("requestID", ["requestID"]), ("repeatOf", ["repeatOf"]),
        ("acknowledgedRequest", ["acknowledgedRequest"]),
        ("correlationID", ["correlationID"]), ("clientRequestID", ["clientRequestID"]),
        ("principalKind", ["principal", "kind"]), ("principalID", ["principal", "id"]),
        ("principalTenant", ["principal", "tenant"]), ("principalName", ["principal", "name"]),
        ("principalAppID", ["principal", "appID"]), ("clientAddress", ["clientAddress"]),
        ("operation", ["operation"]), ("subscription", ["target", "subscription"]),
        ("resourceGroup", ["target", "resourceGroup"]), ("virtualMachine", ["target", "virtualMachine"]),
        ("scaleSet", ["target", "scaleSet"]), ("instance", ["target", "instance"]),
        ("runCommand", ["target", "runCommand"]), ("location", ["target", "location"]),
        ("apiVersion", ["apiVersion"]), ("commandId", ["command", "commandId"]),
        ("scriptSHA256", ["command", "scriptSHA256"]), ("scriptURI", ["command", "scriptURI", "address"]),
        ("runAsUser", ["command", "runAsUser"]),
        ("justification", ["justification"]), ("effect", ["decision", "effect"]), ("rule", ["decision", "rule"]),
        ("policyDigest", ["decision", "policyDigest"]), ("upstreamStatus", ["upstream", "status"]),
        ("upstreamCode", ["upstream", "code"]), ("operationID", ["upstream", "operationID"]),
        ("outcome", ["outcome", "status"]), ("exitCode", ["outcome", "exitCode"]),
    ]

    static var heading: [UInt8] { CSVLine.bytes(["index"] + Self.columns.map(\.name) + ["reasons"]) }

    static func line(_ document: RecordDocument, isForTerminal: Bool) -> [UInt8] {
        var fields = [String(document.index)]
        for column in Self.columns {
            fields.append(Self.text(column.path.reduce(document.node) { node, name in node?[name] }))
        }
        let reasons = document.node?["decision"]?["reasons"]?.array ?? []
        fields.append(
            reasons.isEmpty
                ? Self.text(document.node?["reason"])
                : reasons.map { Self.text($0["code"]) }.joined(separator: " "))
        return CSVLine.bytes(fields, isForTerminal: isForTerminal)
    }

    private static func text(_ node: JSONNode?) -> String {
        switch node?.value {
        case .string(let text), .number(let text): text
        case .bool(let flag): flag ? "true" : "false"
        default: ""
        }
    }
}
