package import StrictJSON

/// A managed command as a GET shows it. What a GET may hide (protected parameters, password, address queries,
/// identities) is unknown.
package struct StoredCommand: Sendable {
    package var command: Command

    /// Reads an answer of ARM. Tolerant of members that are not known; names are taken in any ASCII case, since it is
    /// ARM's own spelling that counts. A known member of another type is not understood: judging the command as if it
    /// were absent would judge something else than what is stored.
    /// - Returns: `nil` if the answer is not a managed command.
    package init?(_ node: JSONNode) {
        guard let properties = Answer(node.member(inAnyCase: "properties")) else { return nil }
        self.command = .unread
        do throws(Unreadable) {
            try self.read(properties)
        } catch {
            return nil
        }
    }

    private struct Unreadable: Error {}

    private mutating func read(_ properties: Answer) throws(Unreadable) {
        let source = try properties.object("source")
        self.command.source = .known(try source.flatMap(Self.source))
        // The shell that is taken where none is named (facts §4): older api-versions could not name it again.
        let shell = try source?.text("scriptShell")
        self.command.scriptShell = .known(shell.flatMap { ASCIICase.areEqual($0, "Default") ? nil : $0 })
        self.command.parameters = .known(try Self.parameters(properties))
        self.command.runAsUser = .known(try properties.text("runAsUser").flatMap { $0.isEmpty ? nil : $0 })
        self.command.timeoutSeconds = .known(try properties.integer("timeoutInSeconds"))
        self.command.asyncExecution = .known(try properties.flag("asyncExecution"))
        self.command.treatFailureAsDeploymentFailure = .known(
            try properties.flag("treatFailureAsDeploymentFailure"))
        self.command.outputBlob = .known(try properties.address("outputBlobUri"))
        self.command.errorBlob = .known(try properties.address("errorBlobUri"))
    }

    private static func source(_ source: Answer) throws(Unreadable) -> ScriptSource? {
        var found: [ScriptSource] = []
        if let text = try source.text("script") { found.append(.inline(commandID: nil, script: ScriptText(text))) }
        if let address = try source.address("scriptUri") { found.append(.address(address, identity: .unknown)) }
        if let text = try source.text("commandId") { found.append(.builtIn(commandID: text)) }
        if let text = try source.text("galleryScriptReferenceId") { found.append(.gallery(text)) }
        guard found.count <= 1 else { throw Unreadable() }
        return found.first
    }

    private static func parameters(_ properties: Answer) throws(Unreadable) -> [Parameter] {
        guard let node = properties.value("parameters") else { return [] }
        guard let elements = node.array else { throw Unreadable() }
        var out: [Parameter] = []
        for element in elements {
            guard let element = Answer(element), let name = try element.text("name"),
                let value = try element.text("value")
            else { throw Unreadable() }
            out.append(Parameter(name: name, value: value))
        }
        return out
    }

    /// An object of the answer. A member that is missing or `null` is `nil`; one of another type is an error.
    private struct Answer {
        private let node: JSONNode

        init?(_ node: JSONNode?) {
            guard let node, node.members != nil else { return nil }
            self.node = node
        }

        func value(_ name: StaticString) -> JSONNode? {
            self.node.member(inAnyCase: name).flatMap { $0.isNull ? nil : $0 }
        }

        func object(_ name: StaticString) throws(Unreadable) -> Answer? {
            guard let node = self.value(name) else { return nil }
            guard let object = Answer(node) else { throw Unreadable() }
            return object
        }

        func text(_ name: StaticString) throws(Unreadable) -> String? {
            guard let node = self.value(name) else { return nil }
            guard let text = node.string else { throw Unreadable() }
            return text
        }

        func flag(_ name: StaticString) throws(Unreadable) -> Bool? {
            guard let node = self.value(name) else { return nil }
            guard let flag = node.bool else { throw Unreadable() }
            return flag
        }

        func integer(_ name: StaticString) throws(Unreadable) -> Int? {
            guard let node = self.value(name) else { return nil }
            guard let number = node.integer.flatMap(Int32.init(exactly:)) else { throw Unreadable() }
            return Int(number)
        }

        /// Without its query: whether ARM shows all of it is not known.
        func address(_ name: StaticString) throws(Unreadable) -> WebAddress? {
            guard let text = try self.text(name), !text.isEmpty else { return nil }
            guard var address = WebAddress(text) else { throw Unreadable() }
            address.query = .unknown
            return address
        }
    }
}

extension JSONNode {
    /// The member with this name in any ASCII case; the exact spelling first.
    fileprivate func member(inAnyCase name: StaticString) -> JSONNode? {
        self[name] ?? self.members?.first { ASCIICase.areEqual($0.name, "\(name)") }?.value
    }
}
