/// What a command comes down to here: a script to run, or an answer that needs none.
enum CommandProgram: Sendable {
    case run(ScriptRun)
    case answer(ScriptOutcome)

    private struct NamedValue {
        var name: String
        var value: String
    }

    /// The program of an action's bound body. A `script` replaces the script of whatever `commandId` names.
    static func action(_ body: SimulatorJSON, timeoutSeconds: Int) throws -> (program: CommandProgram, isLinux: Bool) {
        guard let builtIn = BuiltInCommand.named(body["commandId"]?.string ?? "") else {
            throw ARMFailure.unknownCommand
        }
        let lines = body["script"]?.array?.map { $0.string ?? "" }
        let parameters = Self.values(body["parameters"])
        guard builtIn.isLinux, lines != nil || builtIn.canned == nil else {
            return (.answer(.canned(builtIn.canned ?? "")), builtIn.isLinux)
        }
        let run = ScriptRun(
            script: (lines ?? builtIn.script).joined(separator: "\n") + "\n", arguments: parameters.map(\.value),
            variables: parameters.map { .init(name: $0.name, value: $0.value) }, timeoutSeconds: timeoutSeconds)
        return (try Self.checked(run), true)
    }

    /// The program of a stored command's properties. A parameter without a name becomes an argument.
    static func managed(_ properties: SimulatorJSON, timeoutSeconds: Int) throws -> CommandProgram {
        let source = properties["source"]
        if source?["scriptUri"]?.string != nil {
            return .answer(.notStarted("The simulator does not fetch scripts: source.scriptUri was not downloaded."))
        }
        if source?["galleryScriptReferenceId"]?.string != nil {
            return .answer(.notStarted("The simulator has no galleries: source.galleryScriptReferenceId was not read."))
        }
        var script = source?["script"]?.string
        if script == nil {
            guard let builtIn = BuiltInCommand.named(source?["commandId"]?.string ?? "") else {
                throw ARMFailure.unknownCommand
            }
            if let canned = builtIn.canned { return .answer(.canned(canned)) }
            script = builtIn.script.joined(separator: "\n")
        }
        let values = Self.values(properties["parameters"]) + Self.values(properties["protectedParameters"])
        let given = properties["timeoutInSeconds"]?.int ?? 0
        return try Self.checked(
            ScriptRun(
                script: script ?? "", arguments: values.filter { $0.name.isEmpty }.map(\.value),
                variables: values.map { .init(name: $0.name, value: $0.value) },
                timeoutSeconds: given > 0 ? given : timeoutSeconds))
    }

    private static func values(_ list: SimulatorJSON?) -> [NamedValue] {
        (list?.array ?? []).map { NamedValue(name: $0["name"]?.string ?? "", value: $0["value"]?.string ?? "") }
    }

    private static func checked(_ run: ScriptRun) throws -> CommandProgram {
        let texts = run.arguments + run.variables.flatMap { [$0.name, $0.value] }
        guard !texts.contains(where: { $0.utf8.contains(0) }) else {
            throw ARMFailure(400, "InvalidParameter", "A parameter holds a NUL character.", target: "parameters")
        }
        return .run(run)
    }
}
