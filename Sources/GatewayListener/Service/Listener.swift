package import Foundation
package import Logging
package import NIOCore
import NIOPosix
import ServiceLifecycle

/// The HTTPS listener: one server for each event loop, all on the same port.
///
/// It stops gracefully: no new connections, an answer for every request in flight (HTTP/1.1 says `Connection: close`,
/// HTTP/2 sends GOAWAY), idle connections closed; after the configured time the rest is cut.
package struct Listener: Service {
    /// Connections open and turned away, for the metrics.
    package let connections: ConnectionCount
    private let configuration: ListenerConfiguration
    private let group: any EventLoopGroup
    private let setup: ConnectionSetup
    private let bound = BoundPort()
    private let logger: Logger

    /// Reads the TLS files; binds nothing yet.
    ///
    /// - Parameter group: a server is run on each of its loops.
    /// - Throws: ``ListenerError``, where a file is missing or unusable.
    package init(
        configuration: ListenerConfiguration, handler: some RequestHandling,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton, logger: Logger
    ) throws(ListenerError) {
        self.configuration = configuration
        self.group = group
        self.logger = logger
        connections = ConnectionCount(limit: configuration.limits.connections)
        setup = ConnectionSetup(
            limits: configuration.limits,
            credentials: try ServerCredentials(files: configuration.tls, logger: logger), handler: handler,
            connections: connections, shutdown: configuration.shutdown)
    }

    /// The port listened on, once it is bound.
    package func boundPort() async throws(ListenerError) -> Int { try await bound.wait() }

    /// Whether it takes connections, or did.
    package var isBound: Bool { bound.isKnown }

    /// When the server certificate in use expires.
    package var certificateNotAfter: Date { setup.credentials.notAfter }

    /// Looks at the certificate files now instead of at the next interval.
    package func reloadCertificate() { setup.credentials.reloadIfChanged() }

    package func run() async throws {
        do {
            try await serve()
            bound.tell(.failure(.notRunning))
        } catch {
            bound.tell(.failure(error as? ListenerError ?? .notRunning))
            throw error
        }
    }

    private enum Ending { case served, timeIsOver, noLongerWatched }

    private func serve() async throws {
        let servers = group.makeIterator().map { LoopServer(loop: $0, child: setup, logger: logger) }
        let sockets = try await bind(servers)
        let port = sockets.first?.port ?? configuration.port
        logger.notice("Listening", metadata: ["host": "\(configuration.host)", "port": "\(port)"])
        bound.tell(.success(port))
        try await withThrowingTaskGroup(of: Ending.self) { group in
            group.addTask {
                try await withThrowingDiscardingTaskGroup { loops in
                    for (server, socket) in zip(servers, sockets) {
                        loops.addTask(executorPreference: EventLoopTaskExecutor(server.loop)) {
                            try await server.serve(socket)
                        }
                    }
                }
                return .served
            }
            group.addTask { await timeOfShutdown() }
            group.addTask {
                await setup.credentials.watch(every: configuration.certificateCheckInterval)
                return .noLongerWatched
            }
            while let ending = try await group.next() {
                switch ending {
                case .served: return group.cancelAll()
                case .timeIsOver:
                    logger.warning("Shutdown time is over: cutting the connections that are left")
                    group.cancelAll()
                case .noLongerWatched: break
                }
            }
        }
    }

    private func bind(_ servers: [LoopServer<ConnectionSetup>]) async throws -> [LoopServer<ConnectionSetup>.Socket] {
        guard let first = servers.first else { throw ListenerError.notRunning }
        let (host, port) = (configuration.host, configuration.port)
        if servers.count > 1, port != 0 {
            // A shared port would also be shared with another process of the same user.
            try await first.probe(host: host, port: port)
        }
        var sockets = [try await first.bind(host: host, port: port, shared: servers.count > 1)]
        do {
            for server in servers.dropFirst() {
                sockets.append(try await server.bind(host: host, port: sockets[0].port, shared: true))
            }
        } catch {
            for socket in sockets { try? await socket.channel.executeThenClose { _ in } }
            throw error
        }
        return sockets
    }

    /// Waits for shutdown to begin, then for the time that it may take.
    private func timeOfShutdown() async -> Ending {
        do {
            try await gracefulShutdown()
            try await Task.sleep(for: configuration.shutdown)
            return .timeIsOver
        } catch { return .noLongerWatched }
    }
}
