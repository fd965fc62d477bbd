import ARMModel
import ArgumentParser
import PolicyBundle
import YAMLReading

/// `sallyport policy digest`
struct PolicyDigestCommand: SallyportSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "digest", abstract: "Print the digest of a script, as rules and the record write it.",
        discussion: "SHA-256 over the file's UTF-8 without the line ends at its very end.")

    @Argument(help: ArgumentHelp("The script.", valueName: "file"))
    var file: String

    func perform(in context: CommandContext) async throws -> ExitStatus {
        do {
            context.output.line(try PolicyBundle.script(file: self.file).digest)
            return .success
        } catch {
            for problem in error.problems { context.errors.complain(problem.description) }
            return .failure
        }
    }
}
