import SallyportCommand

/// What one command line did.
struct CommandRun {
    var status: ExitStatus
    var output: String
    var errors: String

    var lines: [String] { Self.lines(self.output) }
    var errorLines: [String] { Self.lines(self.errors) }

    private static func lines(_ text: String) -> [String] {
        var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { String($0) }
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}

/// Runs a command line as a user would, with streams in memory.
///
/// - Parameters:
///   - terminal: columns of a terminal for both streams; nil for pipes.
///   - now: milliseconds since 1970.
func sallyport(
    _ arguments: String..., terminal: Int? = nil, environment: [String: String] = [:], now: Int64 = 1_800_000_100_000
) async -> CommandRun {
    await sallyport(arguments: arguments, terminal: terminal, environment: environment, now: now)
}

func sallyport(
    arguments: [String], terminal: Int? = nil, environment: [String: String] = [:], now: Int64 = 1_800_000_100_000
) async -> CommandRun {
    let output = Memory()
    let errors = Memory()
    let status = await SallyportProgram.run(
        arguments,
        in: CommandContext(
            output: output.stream(columns: terminal), errors: errors.stream(columns: terminal),
            environment: environment, now: { now }))
    return CommandRun(status: status, output: output.text, errors: errors.text)
}

private final class Memory {
    private var bytes: [UInt8] = []
    var text: String { String(decoding: self.bytes, as: UTF8.self) }

    func stream(columns: Int?) -> CommandOutput {
        CommandOutput(isTerminal: columns != nil, columns: columns) { self.bytes += $0 }
    }
}
