package import ArgumentParser
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// The `arm-simulator` command.
package struct SimulatorCommand: AsyncParsableCommand {
    /// Name and texts of `--help`.
    package static let configuration = CommandConfiguration(
        commandName: "arm-simulator",
        abstract: "A local stand-in for Azure on loopback: run commands, a token issuer, a managed-identity endpoint.",
        discussion: """
            Once both listeners are up, one line goes to standard output: ready https=PORT identity=PORT
            Scripts really run, as the user who started the simulator.
            """)

    @Option(help: "Loopback address to serve on.")
    var host = "127.0.0.1"
    @Option(help: "HTTPS port; 0 takes a free one.")
    var port = 9443
    @Option(help: "Plain HTTP port of the managed-identity endpoint; 0 takes a free one.")
    var identityPort = 9444
    @Option(help: "PEM file with the server certificate and what leads to its root.")
    var certificate: String
    @Option(help: "PEM file with the certificate's key.")
    var key: String
    @Option(help: "Tenant of issued tokens.")
    var tenant = "11111111-1111-1111-1111-111111111111"
    @Option(help: "Issuer of tokens; {tenant} stands for the tenant.")
    var issuer = "https://sts.windows.net/{tenant}/"
    @Option(help: "A subscription that GET /subscriptions lists; repeat for more.")
    var subscription: [String] = []
    @Option(help: "An application that may ask for tokens: CLIENTID,OBJECTID,SECRETFILE; repeat for more.")
    var application: [String] = []
    @Option(help: "The managed identity: CLIENTID,OBJECTID; repeat for more, the first is the default.")
    var managedIdentity: [String] = []
    @Option(help: "What X-IDENTITY-HEADER must say.")
    var identityHeader = "simulator-identity-header"
    @Option(help: "Seconds in Retry-After; negative: no such header.")
    var retryAfter = 1
    @Option(help: "Commands on a page of a list.")
    var pageSize = 10
    @Flag(help: "A PATCH merges objects in properties member by member (RFC 7396) instead of replacing each whole.")
    var mergeRecursively = false
    @Flag(help: "Short polling links instead of ARM's signed ones of 3 KB.")
    var shortLinks = false
    @Flag(help: "Run nothing and succeed at once, any number of actions on one machine: for load tests.")
    var instant = false
    @Option(help: "Directory under which scripts get theirs; default: the system's temporary directory.")
    var scratch: String?
    @Option(help: "File to which each received ARM request is appended as a JSON line before it is acted upon.")
    var requestLog: String?
    @Option(help: "File that gets the ready line too, put in place whole.")
    var startupFile: String?

    /// For the parser.
    package init() {}

    /// The whole program: reads the command line, serves, exits.
    package static func runFromCommandLine() async { await Self.main() }

    /// Refuses options whose parts do not add up.
    package func validate() throws {
        for entry in self.application where entry.split(separator: ",").count != 3 {
            throw ValidationError("--application takes CLIENTID,OBJECTID,SECRETFILE.")
        }
        for entry in self.managedIdentity where entry.split(separator: ",").count != 2 {
            throw ValidationError("--managed-identity takes CLIENTID,OBJECTID.")
        }
        guard self.pageSize > 0 else { throw ValidationError("--page-size must be positive.") }
    }

    /// Serves until SIGTERM or SIGINT.
    package func run() async throws {
        var logger = Logger(label: "arm-simulator") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .notice
        let simulator = try Simulator(self.simulatorConfiguration(), logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [simulator], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            if let ports = try? await simulator.ports() { try self.announce(ports) }
            try await tasks.waitForAll()
        }
    }

    private func announce(_ ports: Simulator.Ports) throws {
        let line = "ready https=\(ports.https) identity=\(ports.identity)\n"
        FileHandle.standardOutput.write(Data(line.utf8))
        if let startupFile { try Data(line.utf8).write(to: URL(fileURLWithPath: startupFile), options: .atomic) }
    }

    private func simulatorConfiguration() throws -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration(
            host: self.host, port: self.port, identityPort: self.identityPort,
            certificateChainPEM: try Self.text(self.certificate), privateKeyPEM: try Self.text(self.key),
            tenant: self.tenant)
        configuration.issuerTemplate = self.issuer
        if !self.subscription.isEmpty { configuration.subscriptions = self.subscription }
        configuration.applications = try self.application.map { entry in
            let parts = entry.split(separator: ",").map(String.init)
            let secret = try Self.text(parts[2]).trimmingCharacters(in: .whitespacesAndNewlines)
            return SimulatorApplication(clientID: parts[0], objectID: parts[1], secret: secret, assertions: [secret])
        }
        if !self.managedIdentity.isEmpty {
            configuration.managedIdentities = self.managedIdentity.map { entry in
                let parts = entry.split(separator: ",").map(String.init)
                return SimulatorManagedIdentity(clientID: parts[0], objectID: parts[1])
            }
        }
        configuration.identityHeader = self.identityHeader
        configuration.retryAfterSeconds = self.retryAfter < 0 ? nil : self.retryAfter
        configuration.pageSize = self.pageSize
        configuration.mergesRecursively = self.mergeRecursively
        configuration.signedLinks = !self.shortLinks
        configuration.isInstant = self.instant
        configuration.scratchDirectory = self.scratch
        configuration.requestLogPath = self.requestLog
        return configuration
    }

    private static func text(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ValidationError("The file '\(path)' cannot be read.")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
