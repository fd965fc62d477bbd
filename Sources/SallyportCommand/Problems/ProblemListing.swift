import StrictJSON
import YAMLReading

/// Problems as a command lists them.
enum ProblemListing {
    /// Writes one problem a line, and how many there are to standard error.
    /// - Returns: failure if one of them is an error.
    static func write(_ problems: [Problem], as format: OutputFormat, in context: CommandContext) -> ExitStatus {
        let output = context.output
        if format == .csv { output.bytes(CSVLine.bytes(["severity", "file", "line", "column", "message"])) }
        for problem in problems {
            switch format {
            case .table: output.line(TerminalText.escaped(problem.description))
            case .json: output.line(Self.json(problem))
            case .csv:
                output.bytes(
                    CSVLine.bytes(
                        [
                            problem.severity.rawValue, problem.file, problem.line.map(String.init) ?? "",
                            problem.column.map(String.init) ?? "", problem.message,
                        ], isForTerminal: output.isTerminal))
            }
        }
        let errors = problems.count { $0.severity == .error }
        let warnings = problems.count - errors
        context.errors.line("\(Self.count(errors, "error")), \(Self.count(warnings, "warning"))")
        return errors == 0 ? .success : .failure
    }

    private static func json(_ problem: Problem) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("severity", problem.severity.rawValue)
        json.member("file", problem.file)
        json.member("line", problem.line)
        json.member("column", problem.column)
        json.member("message", problem.message)
        json.endObject()
        return String(decoding: TerminalText.escapedJSON(json.bytes), as: UTF8.self)
    }

    private static func count(_ number: Int, _ what: String) -> String { "\(number) \(what)\(number == 1 ? "" : "s")" }
}
