import NIOCore
import NIOPosix

/// A TCP connection that never begins TLS.
enum PlainConnection {
    /// Connects, sends nothing, does what is asked, and waits until the other side has closed.
    static func untilClosed(port: Int, after body: () async throws -> Void = {}) async throws {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port).get()
        try await body()
        try await channel.closeFuture.get()
    }
}
