import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle

/// A local stand-in for Azure: ARM's run-command operations and a token issuer over HTTPS, and a managed-identity
/// endpoint over plain HTTP, as in Azure. Scripts really run.
package final class Simulator: Service {
    /// The ports that both listeners got.
    package struct Ports: Sendable, Equatable {
        /// ARM, the token issuer and `/simulator/…`.
        package var https: Int
        /// The managed-identity endpoint, plain HTTP.
        package var identity: Int
    }

    /// What it was made with; the ports in it may be 0.
    package let configuration: SimulatorConfiguration
    let tokens: TokenAuthority
    let provider: ComputeProvider
    let arm: ARMEndpoint
    let login: TokenEndpoints
    let identity: ManagedIdentityEndpoint
    let faults = FaultTable()
    let log: RequestLog
    let hanging = HangingConnections()
    private let bound = BoundPorts()
    private let tls: TLSConfiguration
    private let logger: Logger

    /// Prepares everything but the listeners; keys are made here.
    ///
    /// Throws when the host is not loopback, the certificate or key does not read, or the request log cannot be opened.
    package init(_ configuration: SimulatorConfiguration, logger: Logger? = nil) throws {
        guard Self.isLoopback(configuration.host) else { throw SimulatorError.notLoopback(configuration.host) }
        self.configuration = configuration
        var quiet = Logger(label: "arm-simulator")
        quiet.logLevel = .warning
        self.logger = logger ?? quiet
        self.tokens = try TokenAuthority(configuration)
        self.provider = ComputeProvider(configuration)
        self.log = try RequestLog(path: configuration.requestLogPath, limit: configuration.keptRequests)
        self.arm = ARMEndpoint(
            configuration: configuration, provider: self.provider, tokens: self.tokens,
            links: OperationLinks(isSigned: configuration.signedLinks))
        self.login = TokenEndpoints(configuration: configuration, tokens: self.tokens)
        self.identity = ManagedIdentityEndpoint(configuration: configuration, tokens: self.tokens)
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(configuration.certificateChainPEM.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(configuration.privateKeyPEM.utf8), format: .pem)
        self.tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    }

    /// Serves until shut down or canceled; then every script is killed with its group.
    package func run() async throws {
        defer { self.bound.stop() }
        let main = try self.application(
            .main, port: self.configuration.port, server: .tls(self.http1(), tlsConfiguration: self.tls))
        let identity = try self.application(.identity, port: self.configuration.identityPort, server: self.http1())
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: main, failureTerminationBehavior: .cancelGroup),
                    .init(service: identity, failureTerminationBehavior: .cancelGroup),
                ], logger: self.logger))
        let result: Result<Void, any Error>
        do {
            try await withTaskCancellationHandler {
                try await withGracefulShutdownHandler {
                    try await group.run()
                } onGracefulShutdown: {
                    self.hanging.closeAll()
                }
            } onCancel: {
                self.hanging.closeAll()
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await self.provider.stopEverything()
        try result.get()
    }

    /// The bound ports; waits until both listeners are up. Throws ``SimulatorError/notRunning`` if it stops before.
    package func ports() async throws -> Ports { try await self.bound.wait() }

    /// A token that this simulator's key set verifies, with these claims laid over Entra's usual ones.
    ///
    /// Null removes a claim; `expiresIn` counts seconds from now; with `scp` the token is a person's, else an
    /// application's.
    package func mintToken(
        claims: SimulatorJSON = [:], header: SimulatorJSON = [:], signing: SimulatorTokenSigning = .issuerKey
    ) throws -> String {
        try self.tokens.mint(claims: claims, header: header, signing: signing)
    }

    /// The key set that verifies the tokens, as `/{tenant}/discovery/v2.0/keys` gives it.
    package func keySet() throws -> SimulatorJSON { try self.tokens.keySet() }

    /// The requests that ARM received so far, oldest first.
    package var receivedRequests: [ReceivedRequest] {
        get async { self.log.requests }
    }

    /// Adds a fault; faults are used in the order in which they were added.
    package func add(_ fault: SimulatorFault) { self.faults.add(fault) }

    /// Forgets the faults that are still to come.
    package func removeFaults() { self.faults.removeAll() }

    /// Starts a simulator, hands it over with its ports, and stops it when `body` returns or throws.
    package static func withRunning<Result: Sendable>(
        _ configuration: SimulatorConfiguration, logger: Logger? = nil,
        _ body: @Sendable (Simulator, Ports) async throws -> Result
    ) async throws -> Result {
        let simulator = try Simulator(configuration, logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: simulator, successTerminationBehavior: .ignore)], logger: simulator.logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                let result = try await body(simulator, try await simulator.ports())
                await group.triggerGracefulShutdown()
                try await tasks.waitForAll()
                return result
            } catch {
                await group.triggerGracefulShutdown()
                throw error
            }
        }
    }

    private func http1() -> HTTPServerBuilder {
        .http1(configuration: .init(additionalChannelHandlers: [WholeClosureHandler()]))
    }

    private func application(
        _ listener: SimulatorResponder.Listener, port: Int, server: HTTPServerBuilder
    ) throws -> Application<SimulatorResponder> {
        Application(
            responder: SimulatorResponder(simulator: self, listener: listener), server: server,
            configuration: .init(
                address: .hostname(self.configuration.host, port: port), serverName: "Microsoft-HTTPAPI/2.0"),
            onServerRunning: { [bound] channel in bound.set(listener, channel.localAddress?.port ?? 0) },
            eventLoopGroupProvider: .shared(MultiThreadedEventLoopGroup.singleton), logger: self.logger)
    }

    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts[0] == 127 && !parts.contains(nil)
    }
}
