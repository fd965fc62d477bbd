import ArgumentParser

/// A command whose work touches nothing but what it is handed, so that a test can run it like a user.
protocol SallyportSubcommand: AsyncParsableCommand {
    func perform(in context: CommandContext) async throws -> ExitStatus
}

/// A command that only holds others. Called alone it is a usage error: a script whose variable was empty must not
/// take a help text for success.
protocol CommandGroup: SallyportSubcommand {}

extension CommandGroup {
    func perform(in context: CommandContext) async throws -> ExitStatus {
        context.errors.complain("a command is missing")
        context.errors.line(RootCommand.helpMessage(for: Self.self))
        return .usage
    }
}
