import Foundation
import GatewayTestSupport
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle

@testable import GatewayListener

/// A listener on a port of its own, with a certificate made for it.
struct RunningListener: Sendable {
    let authority: TestAuthority
    let directory: TestDirectory
    let listener: Listener
    let port: Int
    let shutDown: @Sendable () async -> Void

    /// Runs a listener for as long as the body takes, then shuts it down gracefully and waits for its end.
    static func with(
        limits: ListenerLimits = ListenerLimits(), clientCertificates: ClientCertificateMode = .none,
        clientAuthority: TestAuthority? = nil, shutdown: Duration = .seconds(5), loops: Int = 1,
        port: Int = 0,
        handler: ScriptedHandler = ScriptedHandler(),
        _ body: @Sendable (RunningListener) async throws -> Void
    ) async throws {
        let authority = try TestAuthority()
        let directory = try TestDirectory()
        let files = try authority.issueServer().write(to: directory.url)
        var tls = TLSFiles(
            certificateChain: files.certificate, privateKey: files.privateKey, clientCertificates: clientCertificates)
        if let clientAuthority {
            tls.clientTrustRoots = try directory.write(try clientAuthority.certificatePEM, as: "clients.pem")
        }
        let configuration = ListenerConfiguration(
            host: "127.0.0.1", port: port, tls: tls, limits: limits, shutdown: shutdown,
            certificateCheckInterval: .seconds(3600))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let listener = try Listener(configuration: configuration, handler: handler, group: group, logger: logger)
        let services = ServiceGroup(configuration: .init(services: [listener], logger: logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await services.run() }
            let running = RunningListener(
                authority: authority, directory: directory, listener: listener, port: try await listener.boundPort(),
                shutDown: { await services.triggerGracefulShutdown() })
            do {
                try await body(running)
            } catch {
                tasks.cancelAll()
                throw error
            }
            await services.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
        try await group.shutdownGracefully()
    }

    /// TLS of a client that trusts this listener's authority.
    func clientTLS(identity: TestIdentity? = nil) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates([try NIOSSLCertificate(bytes: authority.certificateDER, format: .der)])
        if let identity {
            tls.certificateChain = [
                .certificate(try NIOSSLCertificate(bytes: identity.certificateDER, format: .der))
            ]
            tls.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem))
        }
        return tls
    }
}
