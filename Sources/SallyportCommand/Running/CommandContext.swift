import Foundation

/// Everything that a command may touch of its surroundings.
package struct CommandContext {
    package let output: CommandOutput
    package let errors: CommandOutput
    package let environment: [String: String]
    /// Milliseconds since 1970.
    package let now: () -> Int64

    package init(
        output: CommandOutput, errors: CommandOutput, environment: [String: String], now: @escaping () -> Int64
    ) {
        self.output = output
        self.errors = errors
        self.environment = environment
        self.now = now
    }

    /// Colours for standard output: on a terminal that knows them, unless `NO_COLOR` (no-color.org) says no.
    var paint: Paint {
        let isUnwanted = !(self.environment["NO_COLOR"] ?? "").isEmpty || self.environment["TERM"] == "dumb"
        return Paint(isColored: self.output.isTerminal && !isUnwanted)
    }

    static func ofProcess() -> CommandContext {
        CommandContext(
            output: CommandOutput(descriptor: STDOUT_FILENO), errors: CommandOutput(descriptor: STDERR_FILENO),
            environment: ProcessInfo.processInfo.environment,
            now: { Int64(Date().timeIntervalSince1970 * 1000) })
    }
}
