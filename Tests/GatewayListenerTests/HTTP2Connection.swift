import GatewayTestSupport
import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import NIOSSL

/// An HTTP/2 connection whose streams a test can leave as it likes.
struct HTTP2Connection: Sendable {
    let channel: any Channel
    private let streams: NIOHTTP2Handler.StreamMultiplexer

    static func with(_ server: RunningListener, _ body: (HTTP2Connection) async throws -> Void) async throws {
        var tls = try server.clientTLS()
        tls.applicationProtocols = ["h2"]
        let context = try NIOSSLContext(configuration: tls)
        let (channel, streams) = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: server.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    let streams = try channel.pipeline.syncOperations.configureHTTP2Pipeline(
                        mode: .client, connectionConfiguration: .init(), streamConfiguration: .init()
                    ) { $0.eventLoop.makeSucceededVoidFuture() }
                    return (channel, streams)
                }
            }
        let connection = HTTP2Connection(channel: channel, streams: streams)
        do { try await body(connection) } catch {
            channel.close(promise: nil)
            throw error
        }
        channel.close(promise: nil)
        try? await channel.closeFuture.get()
    }

    /// Sends a request without a body.
    /// - Returns: its stream.
    func request(_ path: String) async throws -> any Channel {
        let stream = try await streams.createStreamChannel { $0.eventLoop.makeSucceededVoidFuture() }.get()
        let headers = HPACKHeaders([
            (":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", path),
        ])
        try await stream.writeAndFlush(HTTP2Frame.FramePayload.headers(.init(headers: headers, endStream: true)))
        return stream
    }

    func reset(_ stream: any Channel) async throws {
        try await stream.writeAndFlush(HTTP2Frame.FramePayload.rstStream(.cancel))
    }
}
