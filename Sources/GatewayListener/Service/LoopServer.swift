import HummingbirdCore
import Logging
import NIOCore
import NIOExtras
import NIOPosix
import ServiceLifecycle

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A server of one event loop: its socket, its connections and their tasks all live there.
///
/// Hummingbird's `Server` cannot set `SO_REUSEPORT`; this one runs the same kind of child channel and can stand beside others.
struct LoopServer<ChildChannel: ServerChildChannel>: Sendable {
    let loop: any EventLoop
    let child: ChildChannel
    let logger: Logger

    /// A socket that listens, not yet served.
    struct Socket: Sendable {
        var channel: NIOAsyncChannel<ChildChannel.Value, Never>
        var quiescing: ServerQuiescingHelper
        var port: Int { channel.channel.localAddress?.port ?? 0 }
    }

    /// Fails if anybody listens there, even with a port that could be shared.
    func probe(host: String, port: Int) async throws(ListenerError) {
        do {
            let channel = try await ServerBootstrap(group: loop)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .bind(host: host, port: port).get()
            try await channel.close()
        } catch { throw Self.cannotBind(host, port, error) }
    }

    private static func cannotBind(_ host: String, _ port: Int, _ error: any Error) -> ListenerError {
        .cannotBind(host: host, port: port, reason: (error as? IOError)?.description ?? "\(error)")
    }

    /// - Parameter shared: whether other sockets may listen on the same port, the kernel dealing connections out.
    func bind(host: String, port: Int, shared: Bool) async throws(ListenerError) -> Socket {
        let quiescing = ServerQuiescingHelper(group: loop)
        let bootstrap = ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.socketOption(.init(rawValue: SO_REUSEPORT)), value: shared ? 1 : 0)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        quiescing.makeServerChannelHandler(channel: channel))
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // No half-closure: a client that closes its side has left, and NIOSSL, told otherwise, answers no close_notify.
            .childChannelOption(.allowRemoteHalfClosure, value: false)
        do {
            let channel = try await bootstrap.bind(host: host, port: port) { [child, logger] channel in
                child.setup(channel: channel, logger: logger)
            }
            return Socket(channel: channel, quiescing: quiescing)
        } catch { throw Self.cannotBind(host, port, error) }
    }

    /// Serves until shutdown, then until the last connection is closed. Cancelled, it closes all of them.
    func serve(_ socket: Socket) async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                try await socket.channel.executeThenClose { connections in
                    for try await connection in connections {
                        group.addTask { await child.handle(value: connection, logger: logger) }
                    }
                }
            }
        } onGracefulShutdown: {
            socket.quiescing.initiateShutdown(promise: nil)
        }
    }
}
