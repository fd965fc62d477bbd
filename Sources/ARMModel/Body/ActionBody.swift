package import StrictJSON

/// Body of the action (`RunCommandInput`): a command id, and perhaps a script that takes the place of its own.
package struct ActionBody: Sendable {
    package var commandID: String
    /// `nil` only when the member is absent: `[]` is an override with an empty script.
    package var script: ScriptText?
    package var parameters: [Parameter]

    package init(_ node: JSONNode, version: APIVersion) throws(RequestError) {
        let table = RequestMembers.action
        let body = try BodyObject(node, path: "", table: table, version: version)
        guard let commandID = try body.string("commandId") else {
            throw RequestError(.invalidRequestContent, "the member commandId is required", target: "$.commandId")
        }
        guard ResourceName.isCommandID(commandID) else {
            throw RequestError(
                .invalidParameter, "a command id is 1 to 64 letters, digits or _", target: "$.commandId")
        }
        self.commandID = commandID
        self.script = try body.strings("script").map(ScriptText.init(lines:))
        self.parameters = try body.parameters("parameters") ?? []
    }

    package var command: Command {
        let source: ScriptSource =
            self.script.map { .inline(commandID: self.commandID, script: $0) } ?? .builtIn(commandID: self.commandID)
        return Command(source: source, parameters: self.parameters)
    }
}
