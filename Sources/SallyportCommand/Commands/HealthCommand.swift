import ArgumentParser
import GatewayConfiguration

/// `sallyport health`
struct HealthCommand: SallyportSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask a running gateway on this machine whether it is ready.",
        discussion: """
            Asks /readyz of the management listener and waits 3 seconds at most. Prints what is missing, one a line; \
            exit status 0 only when nothing is.
            """)

    @OptionGroup var config: ConfigurationOption

    func perform(in context: CommandContext) async throws -> ExitStatus {
        guard let management = self.config.load(context)?.configuration.management else { return .failure }
        return try await ReadinessQuestion(host: management.host, port: management.port).ask(in: context)
    }
}
