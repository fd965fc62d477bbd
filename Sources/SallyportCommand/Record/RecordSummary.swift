import StrictJSON

/// A row of the record in the eight columns of a table.
struct RecordSummary {
    static let columns: [Table.Column] = [
        .init(title: "INDEX", isRight: true), .init(title: "TIME"), .init(title: "EVENT", least: 8),
        .init(title: "WHO", least: 8), .init(title: "OPERATION", least: 6), .init(title: "TARGET", least: 8),
        .init(title: "RESULT"), .init(title: "RULE OR REASON", least: 8),
    ]

    var cells: [Table.Cell]

    /// - Parameter width: columns of the terminal; nil where nothing limits them, and nothing is left out.
    init(_ document: RecordDocument, width: Int?) {
        guard let node = document.node else {
            self.cells = ["\(document.index)", "", "", "", "", "", "unreadable", ""].map { Table.Cell($0, .bad) }
            return
        }
        let (result, tone) = Self.result(node)
        self.cells = [
            Table.Cell(String(document.index)), Table.Cell(Self.time(node, width: width)),
            Table.Cell(Self.text(node["event"])), Table.Cell(Self.who(node)), Table.Cell(Self.text(node["operation"])),
            Table.Cell(Self.target(node)), Table.Cell(result, tone), Table.Cell(Self.reason(node)),
        ]
    }

    private static func text(_ node: JSONNode?) -> String {
        switch node?.value {
        case .string(let text): TerminalText.escaped(text)
        case .number(let text): text
        default: ""
        }
    }

    /// On a terminal without milliseconds, on a narrow one without the year.
    private static func time(_ node: JSONNode, width: Int?) -> String {
        let time = Self.text(node["time"])
        guard let width, time.count == 24, time.hasSuffix("Z") else { return time }
        let short = "\(time.prefix(19))Z"
        return width < 100 ? String(short.dropFirst(5)) : short
    }

    /// As a rule would name the caller, after the name that people know; a failed authentication has only an address.
    private static func who(_ node: JSONNode) -> String {
        guard let principal = node["principal"] else {
            return node["requestID"] == nil ? Self.text(node["clientAddress"]) : ""
        }
        let kind = Self.text(principal["kind"])
        let id = "\(kind == "application" ? "object" : kind):\(Self.text(principal["id"]))"
        let name = Self.text(principal["name"])
        return name.isEmpty ? id : "\(name) (\(id))"
    }

    private static func target(_ node: JSONNode) -> String {
        guard let target = node["target"] else { return "" }
        let machine = [target["virtualMachine"], target["scaleSet"], target["instance"]].map(Self.text)
        let parts =
            [Self.text(target["resourceGroup"])] + machine
            + [Self.text(target["runCommand"]), Self.text(target["location"]), Self.text(target["commandId"])]
        let path = parts.filter { !$0.isEmpty }.joined(separator: "/")
        return path.isEmpty ? Self.text(target["subscription"]) : path
    }

    private static func result(_ node: JSONNode) -> (String, Paint.Tone?) {
        if let outcome = node["outcome"] {
            let status = Self.text(outcome["status"])
            return (status, status == "succeeded" ? nil : .doubtful)
        }
        if let upstream = node["upstream"] {
            let status = Self.text(upstream["status"])
            return status.isEmpty ? (Self.text(upstream["result"]), .doubtful) : (status, nil)
        }
        let effect = Self.text(node["decision"]?["effect"])
        return (effect, effect == "allow" ? .good : effect == "deny" ? .bad : nil)
    }

    /// What an allowed command has to do with an earlier one: it was not sent again, or knowingly was.
    private static func relation(_ node: JSONNode) -> String {
        let pairs = [("repeat of", node["repeatOf"]), ("again after", node["acknowledgedRequest"])]
        return pairs.map { label, earlier in
            let id = Self.text(earlier)
            return id.isEmpty ? "" : " (\(label) \(id))"
        }.joined()
    }

    private static func reason(_ node: JSONNode) -> String {
        if let decision = node["decision"] {
            let rule = Self.text(decision["rule"])
            guard decision["effect"]?.string != "allow", let reason = decision["reasons"]?.array?.first else {
                return rule + Self.relation(node)
            }
            let nearest = Self.text(reason["target"])
            let where_ = rule.isEmpty ? nearest : rule
            return where_.isEmpty ? Self.text(reason["code"]) : "\(where_): \(Self.text(reason["code"]))"
        }
        if let outcome = node["outcome"] {
            let code = Self.text(outcome["exitCode"])
            return code.isEmpty ? Self.text(outcome["executionState"]) : "exit code \(code)"
        }
        if let upstream = node["upstream"] { return Self.text(upstream["code"]) }
        let count = node["count"]?.integer.map { $0 == 1 ? "" : " (\($0) times)" } ?? ""
        let own = ["reason", "policyRevision", "version"].map { name in
            Self.text(node.members?.first { $0.name == name }?.value)
        }
        return (own.first { !$0.isEmpty } ?? "") + count
    }
}
