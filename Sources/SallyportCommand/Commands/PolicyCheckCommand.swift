import ArgumentParser
import PolicyBundle
import YAMLReading

/// `sallyport policy check`
struct PolicyCheckCommand: SallyportSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "List all problems of a policy bundle and of its case files.",
        discussion: """
            Exit status 1 if there is an error; warnings are only listed. Whether ids must be written TENANT/ID \
            depends on the configuration: `sallyport check` knows it.
            """)

    @Argument(help: ArgumentHelp("The folder that holds bundle.yaml.", valueName: "dir"))
    var directory: String
    @Option(help: "table (FILE:LINE: MESSAGE), json or csv.")
    var format = OutputFormat.table

    func perform(in context: CommandContext) async throws -> ExitStatus {
        var problems: Set<Problem> = []
        do {
            problems.formUnion(try PolicyBundle.load(directory: self.directory).warnings)
        } catch {
            problems.formUnion(error.problems)
        }
        do {
            _ = try PolicyCaseReader.read(directory: self.directory)
        } catch {
            problems.formUnion(error.problems)
        }
        return ProblemListing.write(problems.sorted(), as: self.format, in: context)
    }
}
