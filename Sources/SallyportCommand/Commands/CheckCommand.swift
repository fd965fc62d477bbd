import ArgumentParser

/// `sallyport check`
struct CheckCommand: SallyportSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "List all problems of the configuration and of the policy bundle that it names.",
        discussion: "Binds nothing and changes nothing. Exit status 1 if there is an error; warnings are only listed.")

    @OptionGroup var config: ConfigurationOption
    @Option(help: "table (FILE:LINE: MESSAGE), json or csv.")
    var format = OutputFormat.table

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let problems = ConfigurationCheck.problems(path: self.config.path, environment: context.environment)
        return ProblemListing.write(problems, as: self.format, in: context)
    }
}
