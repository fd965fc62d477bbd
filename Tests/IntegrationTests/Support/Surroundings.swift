import ARMSimulator
import AsyncHTTPClient
import GatewayConfiguration
import GatewayServer
import GatewayTestSupport
import Logging
import ServiceLifecycle

extension LocalStack {
    /// What outlives a gateway: a simulator and the gateway's files. Gateways come and go in them, one at a time.
    struct Surroundings: Sendable {
        let simulator: Simulator
        let ports: Simulator.Ports
        let directory: TestDirectory
        let authority: TestAuthority
        let clientAuthority: TestAuthority
        private static let turnstile = Turnstile(places: 6)

        @discardableResult
        static func with<Result: Sendable>(
            _ options: Options = Options(), _ body: @Sendable (Surroundings) async throws -> Result
        ) async throws -> Result {
            await Self.turnstile.enter()
            defer { Self.turnstile.leave() }
            let authority = try TestAuthority()
            let identity = try authority.issueServer()
            var configuration = SimulatorConfiguration(
                certificateChainPEM: try identity.certificatePEM, privateKeyPEM: identity.privateKeyPEM,
                tenant: LocalStack.tenant)
            configuration.retryAfterSeconds = nil
            configuration.applications = [
                SimulatorApplication(
                    clientID: "44444444-0000-0000-0000-000000000001", objectID: "44444444-0000-0000-0000-0000000000aa",
                    secret: LocalStack.clientSecret)
            ]
            options.simulator?(&configuration)
            let directory = try options.directory ?? TestDirectory()
            let clientAuthority = try TestAuthority(commonName: "Authority of clients")
            return try await Simulator.withRunning(configuration) { simulator, ports in
                try directory.write(try authority.certificatePEM, as: "authority.pem")
                try directory.write(try clientAuthority.certificatePEM, as: "clients.pem")
                try directory.write(try identity.certificatePEM, as: "tls.crt")
                try directory.write(identity.privateKeyPEM, as: "tls.key")
                try directory.write(LocalStack.clientSecret, as: "client-secret")
                try LocalStack.writeBundle(options, into: directory)
                return try await body(
                    Surroundings(
                        simulator: simulator, ports: ports, directory: directory, authority: authority,
                        clientAuthority: clientAuthority))
            }
        }

        /// The gateway of these options, made but not run.
        func makeGateway(_ options: Options = Options()) throws -> GatewayServer {
            let file = try self.directory.write(LocalStack.configuration(options, self.ports), as: "sallyport.yaml")
            let loaded = try ConfigurationFile.load(path: file, environment: [:]).get()
            return try GatewayServer(loaded, configurationDigest: "test", logger: options.logger ?? Self.quiet)
        }

        static var quiet: Logger {
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            return logger
        }

        func record() throws -> [RecordedRow] { try RecordedRow.all(in: self.directory.path("audit.sqlite")) }
    }
}

extension LocalStack.Surroundings {
    /// Starts a gateway before the simulator, and stops it in good order afterwards.
    /// - Parameter made: one that was made already with these options.
    @discardableResult
    func withGateway<Result: Sendable>(
        _ options: LocalStack.Options = LocalStack.Options(), made: GatewayServer? = nil,
        _ body: @Sendable (LocalStack) async throws -> Result
    ) async throws -> Result {
        let gateway = try made ?? self.makeGateway(options)
        var settings = HTTPClient.Configuration(tlsConfiguration: try LocalStack.clientTLS(self.authority))
        settings.httpVersion = .http1Only
        settings.redirectConfiguration = .disallow
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: Adapter(gateway: gateway), successTerminationBehavior: .ignore)],
                logger: options.logger ?? Self.quiet))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: Swift.Result<Result, any Error>
            do {
                let stack = LocalStack(
                    simulator: self.simulator, simulatorPorts: self.ports, gateway: gateway,
                    port: try await gateway.boundPort(), managementPort: await gateway.boundManagementPort(),
                    directory: self.directory, authority: self.authority, client: client,
                    clientAuthority: self.clientAuthority, beginStop: { await group.triggerGracefulShutdown() })
                result = .success(try await body(stack))
            } catch {
                result = .failure(error)
            }
            try await client.shutdown()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try result.get()
        }
    }
}

private struct Adapter: Service {
    let gateway: GatewayServer
    func run() async throws { try await self.gateway.run(signals: []) }
}
