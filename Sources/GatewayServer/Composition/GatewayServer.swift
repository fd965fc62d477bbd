import ARMUpstream
import AuditModel
import AuditStore
import Crypto
import Foundation
package import GatewayConfiguration
import GatewayEnforcement
import GatewayIdentity
import GatewayListener
import GatewayTelemetry
package import Logging
import NIOCore
import NIOPosix
import PolicyBundle
import Redaction
package import ScriptFetching
import ServiceLifecycle
package import UnixSignals
import YAMLReading

/// The gateway, put together from a configuration: the composition root.
package struct GatewayServer: Sendable {
    private let configuration: Configuration
    private let gateway: Gateway
    private let listener: Listener
    private let management: ManagementListener
    private let services: [any Service]
    private let log: SQLiteAuditLog
    private let encoder: EntryEncoder
    private let started: GatewayDetails
    private let verifier: BearerTokenVerifier
    private let managementPort: BoundManagementPort
    /// Where a number of event loops is configured; the process's shared ones serve otherwise.
    private let ownGroup: MultiThreadedEventLoopGroup?
    private let logger: Logger

    /// Loads policies and keys, opens the record, and reads the TLS files; binds nothing yet.
    /// - Parameter scripts: how scripts behind addresses are fetched, where a rule allows that.
    /// - Throws: an error with a description for the operator.
    package init(
        _ loaded: ConfigurationFile.Loaded, configurationDigest: String, logger: Logger,
        scripts: ScriptFetcherConfiguration = ScriptFetcherConfiguration()
    ) throws {
        let configuration = loaded.configuration
        let now: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) }
        let tenants = Set(configuration.identity.tokenIssuers.map(\.tenant))
        let bundle = try PolicyBundle.load(directory: configuration.policy.bundle, requiresTenants: tenants.count > 1)
        let fingerprintKey = FingerprintKey(bytes: try KeyFile.load(configuration.audit.fingerprintKey))
        _ = try KeyFile.load(configuration.audit.signingKey)
        let record = RecordSettings(
            fingerprintKey: fingerprintKey,
            scriptText: configuration.audit.scriptText == .full ? .full : .digest,
            parameterValues: configuration.audit.parameterValues == .full ? .full : .digest)
        let registry = PrometheusRegistry()
        let metrics = GatewayMetrics(registry: registry)

        var store = AuditStoreOptions(path: configuration.audit.database)
        store.writeSeconds = Double(configuration.audit.writeSeconds)
        store.keepAnswerSeconds = Double(configuration.retry.windowSeconds)
        store.unknownHoldSeconds = Double(configuration.retry.unknownHoldSeconds)
        store.keyIDs = ["fingerprint": fingerprintKey.id]
        store.atEndOfTurn = { work in
            guard let loop = MultiThreadedEventLoopGroup.currentEventLoop else { return work() }
            loop.execute(work)
        }
        let log = try SQLiteAuditLog(options: store, logger: logger, now: now)

        let verifier = try BearerTokenVerifier(
            issuers: configuration.identity.tokenIssuers.map(TokenIssuerConfiguration.init),
            clockSkewSeconds: Int64(configuration.identity.clockSkewSeconds), logger: logger)
        let ownGroup = configuration.listener.eventLoops.map { MultiThreadedEventLoopGroup(numberOfThreads: $0) }
        let group = ownGroup ?? MultiThreadedEventLoopGroup.singleton
        let tokens = try UpstreamTokens(
            credential: UpstreamCredential(configuration.upstream.credential),
            resource: configuration.upstream.credential.resource,
            trustRoots: configuration.upstream.credential.trustRoots.map { .file($0) } ?? .system,
            eventLoopGroup: group,
            observe: { event in
                // While an old token is valid, nothing else tells of it.
                guard case .failed(let error) = event else { return }
                logger.warning("no new token for ARM", metadata: ["reason": "\(error)"])
            })
        let tokenClient = TokenClientLifetime(tokens)
        let connections = try UpstreamConnections(
            configuration: UpstreamConfiguration(configuration.upstream), eventLoopGroup: group)
        let scriptReader = try ScriptFetcherAdapter(for: bundle.policy) {
            try ScriptFetcher(configuration: scripts, eventLoopGroup: group)
        }
        let passesCallerToken = tokens.isPassthrough
        let endpoint = configuration.upstream.endpoint
        let gateway = Gateway(
            policy: { bundle.policy }, log: log,
            upstream: ARMUpstreamAdapter(
                connections: connections, tokens: tokens,
                deadline: .seconds(Int64(configuration.upstream.deadlineSeconds))),
            observer: metrics,
            links: PollingLinks(
                publicURL: configuration.listener.publicURL.origin,
                endpointAuthority: UpstreamEndpoint(host: endpoint.host, port: endpoint.port).authority),
            record: record,
            retry: RepeatSettings(
                windowSeconds: configuration.retry.windowSeconds, waitSeconds: configuration.retry.waitSeconds,
                unknownHoldSeconds: configuration.retry.unknownHoldSeconds),
            passesCallerToken: passesCallerToken, scriptReader: scriptReader, now: now,
            newRequestID: { RequestID.make(milliseconds: now()) })

        let encoder = EntryEncoder(settings: record)
        let failures = AuthenticationFailureLog(
            log: log, encoder: encoder, now: now, onFailure: { metrics.authenticationFailed(reason: $0) },
            logger: logger)
        let handler = GatewayRequestHandler(
            gateway: gateway, authenticator: Authenticator(tokens: verifier), certificates: CertificateNames(),
            failures: failures, metrics: metrics,
            metadata: MetadataEndpoints(
                publicURL: configuration.listener.publicURL.origin, metadata: configuration.identity.metadata),
            publicURL: configuration.listener.publicURL.origin, passesCallerToken: passesCallerToken, now: now)
        let listener = try Listener(
            configuration: ListenerConfiguration(
                configuration.listener, shutdownSeconds: configuration.shutdownSeconds),
            handler: handler, group: group, logger: logger)
        let readiness = Readiness(checks: [
            ("audit", { log.isWritable }), ("keySets", { verifier.isReady }), ("listener", { listener.isBound }),
        ])
        metrics.watch(log: log, verifier: verifier, listener: listener, policyDigest: bundle.digest)
        metrics.upstreamPassthrough(passesCallerToken)
        let managementPort = BoundManagementPort()
        let management = ManagementListener(
            host: configuration.management.host, port: configuration.management.port, readiness: readiness,
            metrics: { registry.text() }, logger: logger, onBound: { managementPort.set($0) })

        self.configuration = configuration
        self.gateway = gateway
        self.listener = listener
        self.ownGroup = ownGroup
        self.management = management
        self.log = log
        self.encoder = encoder
        self.verifier = verifier
        self.managementPort = managementPort
        self.logger = logger
        self.started = GatewayDetails(
            version: SallyportVersion.text, configurationDigest: configurationDigest, policyDigest: bundle.digest,
            policyRevision: bundle.revision,
            warning: passesCallerToken ? "callers use their own tokens and can go around the gateway" : nil)
        // In the order of dependence; they stop in the opposite order.
        self.services = [
            AuditService(log: log, encoder: encoder, now: now, details: GatewayDetails(version: SallyportVersion.text)),
            UpstreamService(connections: connections, tokenClient: tokenClient),
            ScriptFetchService(fetcher: scriptReader?.fetcher), KeySetService(tokens: verifier), failures, management,
            listener, DrainService(readiness: readiness),
        ]
        for warning in bundle.warnings + loaded.warnings {
            logger.warning("configuration", metadata: ["problem": "\(warning)"])
        }
    }

    /// Serves until a signal or a graceful shutdown. The first row of the record is written before anything is bound.
    package func run(signals: [UnixSignal] = [.sigterm, .sigint]) async throws {
        let time = Int64(Date().timeIntervalSince1970 * 1_000)
        let stoppedInOrder = try Self.stoppedInOrder(self.log.path)
        _ = try await self.log.append(self.encoder.gateway(.started, at: time, details: self.started), change: nil)
        var digest = GatewayDetails()
        digest.policyDigest = self.started.policyDigest
        digest.policyRevision = self.started.policyRevision
        _ = try await self.log.append(self.encoder.gateway(.policyLoaded, at: time, details: digest), change: nil)
        let interrupted = try await self.gateway.recover(isAfterCrash: !stoppedInOrder)
        if interrupted > 0 {
            self.logger.warning(
                "commands were on their way when the gateway died; nobody knows whether they ran",
                metadata: ["commands": "\(interrupted)"])
        }
        await self.verifier.loadKeySets()
        var configuration = ServiceGroupConfiguration(
            services: self.services.map {
                .init(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: signals, logger: self.logger)
        configuration.maximumGracefulShutdownDuration = .seconds(self.configuration.shutdownSeconds + 20)
        let group = ServiceGroup(configuration: configuration)
        do { try await group.run() } catch {
            try? await self.ownGroup?.shutdownGracefully()
            throw error
        }
        try await self.ownGroup?.shutdownGracefully()
    }

    /// Whether the process before wrote that it stopped, or there was none.
    private static func stoppedInOrder(_ path: String) throws -> Bool {
        let reader = try AuditReader(path: path)
        let last = try reader.lastIndex()
        return try last == 0 || reader.row(last)?.event == AuditEvent.stopped.rawValue
    }

    /// The ports in use, once bound; for tests and for port 0.
    package func boundPort() async throws -> Int { try await self.listener.boundPort() }
    package func boundManagementPort() async -> Int { await self.managementPort.wait() }
    /// Looks at the certificate files now instead of at the next interval.
    package func reloadCertificate() { self.listener.reloadCertificate() }

    /// `sallyport serve`: puts everything together and serves until told to stop.
    package static func serve(_ loaded: ConfigurationFile.Loaded, configurationDigest: String) async throws {
        let logging = loaded.configuration.logging
        GatewayLogging.bootstrap(
            level: Logger.Level(rawValue: logging.level.rawValue) ?? .info,
            format: logging.format == .json ? .json : .text)
        let logger = Logger(label: "sallyport")
        SQLiteProcess.stopCountingMemory()
        let server = try GatewayServer(loaded, configurationDigest: configurationDigest, logger: logger)
        let task = Task {
            let port = try await server.boundPort()
            logger.notice(
                "serving",
                metadata: ["port": "\(port)", "publicURL": "\(loaded.configuration.listener.publicURL.origin)"])
        }
        defer { task.cancel() }
        try await server.run()
    }
}
