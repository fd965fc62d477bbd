import ArgumentParser
import Crypto
import Foundation
import GatewayConfiguration
import GatewayServer
import YAMLReading

/// `sallyport serve`
struct ServeCommand: SallyportSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the gateway until SIGTERM or SIGINT.")

    @OptionGroup var config: ConfigurationOption

    func perform(in context: CommandContext) async throws -> ExitStatus {
        guard let loaded = self.config.load(context) else { return .failure }
        for warning in loaded.warnings { context.errors.line(TerminalText.escaped(warning.description)) }
        try context.errors.finish()
        try await GatewayServer.serve(loaded, configurationDigest: Self.digest(of: loaded.configuration))
        return .success
    }

    /// SHA-256, lower-case hexadecimal, over the configuration in force: file, environment and defaults together, as
    /// JSON with sorted members. It holds names of files, not what is in them.
    static func digest(of configuration: Configuration) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return LowerHex.text(SHA256.hash(data: try encoder.encode(configuration)))
    }
}
