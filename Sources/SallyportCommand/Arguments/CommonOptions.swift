import ArgumentParser
import AuditStore
import GatewayConfiguration
import YAMLReading

/// `--config FILE`
struct ConfigurationOption: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp("The configuration, usually sallyport.yaml.", valueName: "file"))
    var path: String

    /// The configuration, or nil after telling on standard error everything that is wrong with it.
    func load(_ context: CommandContext) -> ConfigurationFile.Loaded? {
        switch ConfigurationFile.load(path: self.path, environment: context.environment) {
        case .success(let loaded): return loaded
        case .failure(let refused):
            for problem in refused.problems { context.errors.line(TerminalText.escaped(problem.description)) }
            return nil
        }
    }
}

/// `--database FILE`
struct DatabaseOption: ParsableArguments {
    @Option(
        name: .customLong("database"),
        help: ArgumentHelp("The record: audit.database of the configuration, or a copy of it.", valueName: "file"))
    var path: String

    func open() throws -> AuditReader {
        do { return try AuditReader(path: self.path) } catch { throw CommandFailure("\(error)") }
    }
}
