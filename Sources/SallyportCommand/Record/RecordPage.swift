import StrictJSON

/// One row of the record in full, for a person: every member of it, in sections, scripts with line numbers.
struct RecordPage {
    private let output: CommandOutput
    private let paint: Paint

    init(output: CommandOutput, paint: Paint) {
        self.output = output
        self.paint = paint
    }

    func write(_ document: RecordDocument) {
        var members = document.node?.members ?? []
        let event = Self.take("event", from: &members)?.string ?? "unreadable"
        let time = Self.take("time", from: &members)?.string ?? ""
        self.heading("Row \(document.index)  \(TerminalText.escaped("\(event)  \(time)"))")
        let isRequest = document.node?["requestID"] != nil
        self.section(isRequest ? "Request" : "Details", members.filter { $0.value.members == nil })
        let objects = members.filter { $0.value.members != nil }
        let order = ["principal", "target", "command", "content", "decision", "upstream", "outcome"]
        let known = order.compactMap { name in objects.first { $0.name == name } }
        for member in known + objects.filter({ !order.contains($0.name) }) {
            self.section(member.name.prefix(1).uppercased() + member.name.dropFirst(), member.value.members ?? [])
        }
        self.verification(document)
    }

    // MARK: Sections

    private func heading(_ text: String) { self.output.line(self.paint(text, .heading)) }

    private func section(_ title: String, _ members: [JSONMember]) {
        guard !members.isEmpty else { return }
        self.output.line("")
        self.heading(TerminalText.escaped(title))
        self.members(members, indent: 2)
    }

    private func verification(_ document: RecordDocument) {
        self.output.line("")
        self.heading("Verification of this row")
        self.check("sha256", document.isHashRight, LowerHex.text(document.sha256))
        if document.node == nil { self.check("canonical", false, "the bytes cannot be read") }
        for (pointer, state) in document.texts {
            let name = TerminalText.escaped(pointer)
            switch state {
            case .fits: self.check(name, true, "the text is the one that was recorded")
            case .withheld: self.check(name, true, "the text is not kept, only its commitment")
            case .differs: self.check(name, false, "the text does not fit its commitment, so it is not shown")
            case .missing: self.check(name, false, "the text's row is missing")
            case .uncommitted: self.check(name, false, "a text stands where the row has no commitment")
            }
        }
    }

    private func check(_ name: String, _ isRight: Bool, _ text: String) {
        self.output.line("  \(self.paint(isRight ? "ok     " : "FAILED ", isRight ? .good : .bad))\(name)  \(text)")
    }

    // MARK: Values

    private func members(_ members: [JSONMember], indent: Int) {
        let width = members.reduce(0) { max($0, min(32, DisplayWidth.of(TerminalText.escaped($1.name)))) }
        for member in members { self.member(member.name, member.value, indent: indent, width: width) }
    }

    private func member(_ name: String, _ node: JSONNode, indent: Int, width: Int) {
        let space = String(repeating: " ", count: indent)
        let shown = TerminalText.escaped(name)
        if let text = node.string, name == "script" || text.utf8.contains(0x0A) {
            return self.text(text, under: space + shown, indent: indent + 2)
        }
        if let line = Self.line(node) {
            let padding = String(repeating: " ", count: max(0, width - DisplayWidth.of(shown)))
            return self.output.line("\(space)\(shown)\(padding)  \(line)")
        }
        self.output.line(space + shown)
        for element in node.array ?? [] { self.element(element, indent: indent + 2) }
        self.members(node.members ?? [], indent: indent + 2)
    }

    /// An element of a list: in one line, or its members with a dash before the first.
    private func element(_ node: JSONNode, indent: Int) {
        let space = String(repeating: " ", count: indent)
        if let line = Self.line(node) { return self.output.line("\(space)- \(line)") }
        if let (name, line) = Self.pair(node) { return self.output.line("\(space)- \(name) = \(line)") }
        self.output.line("\(space)-")
        for inner in node.array ?? [] { self.element(inner, indent: indent + 2) }
        self.members(node.members ?? [], indent: indent + 2)
    }

    /// `{name, value}`, if the value fits in a line.
    private static func pair(_ node: JSONNode) -> (name: String, line: String)? {
        guard node.members?.count == 2, let name = node["name"]?.string, let value = node["value"],
            value.string?.utf8.contains(0x0A) != true, let line = Self.line(value)
        else { return nil }
        return (TerminalText.escaped(name), line)
    }

    /// A value that fits behind its name, or nil.
    private static func line(_ node: JSONNode) -> String? {
        switch node.value {
        case .null: return "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .number(let text): return text
        case .string(let text): return TerminalText.escaped(text)
        case .array(let elements): return elements.isEmpty ? "(none)" : nil
        case .object(let members):
            if members.isEmpty { return "(none)" }
            if let (hex, length) = node.commitment {
                return "(\(length) bytes, not shown; commitment \(TerminalText.escaped(hex)))"
            }
            if members.count == 1, node["unknown"]?.bool == true { return "(unknown: stored in Azure, not read)" }
            guard node["redacted"]?.bool == true, let fingerprint = node["fingerprint"]?.string else { return nil }
            let shown = "(redacted, fingerprint \(TerminalText.escaped(fingerprint)))"
            if members.count == 2 { return shown }
            guard members.count == 3, let name = node["name"]?.string else { return nil }
            return "\(TerminalText.escaped(name)) = \(shown)"
        }
    }

    /// A text with its lines numbered. Only LF ends a line, so a CR shows.
    private func text(_ text: String, under title: String, indent: Int) {
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        self.output.line("\(title)  (\(lines.count) line\(lines.count == 1 ? "" : "s"), \(text.utf8.count) bytes)")
        let width = String(lines.count).count
        for (number, line) in lines.enumerated() {
            let label = String(number + 1)
            let padding = String(repeating: " ", count: indent + width - label.count)
            self.output.line("\(padding)\(label) | \(TerminalText.escaped(String(line), keepsTabs: true))")
        }
    }

    private static func take(_ name: String, from members: inout [JSONMember]) -> JSONNode? {
        guard let position = members.firstIndex(where: { $0.name == name }) else { return nil }
        return members.remove(at: position).value
    }
}
