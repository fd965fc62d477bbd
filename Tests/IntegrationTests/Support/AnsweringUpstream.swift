import GatewayTestSupport
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// Stands where ARM does: keeps every request, and answers with whatever a test says.
final class AnsweringUpstream: Sendable {
    struct Request: Sendable {
        var method: String
        /// Path and query as they came.
        var target: String
        var headers: [(String, String)]
        var body: [UInt8]
        func header(_ name: String) -> String? { self.headers.first { $0.0.lowercased() == name }?.1 }
    }

    struct Reply: Sendable {
        var status: Int
        var headers: [(String, String)] = []
        var body = ""
    }

    typealias Script = @Sendable (Request) -> Reply

    /// What connections and the server share.
    private final class Shared: Sendable {
        let requests = Mutex<[Request]>([])
        let channels = Mutex<[ObjectIdentifier: any Channel]>([:])
    }

    private let shared: Shared
    private let listener: any Channel

    var port: Int { self.listener.localAddress?.port ?? 0 }
    /// All that came so far, in the order of arrival.
    var requests: [Request] { self.shared.requests.withLock { $0 } }

    private init(shared: Shared, listener: any Channel) {
        self.shared = shared
        self.listener = listener
    }

    static func with<Result>(
        _ identity: TestIdentity, script: @escaping Script, _ body: (AnsweringUpstream) async throws -> Result
    ) async throws -> Result {
        let shared = Shared()
        let tls = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(try identity.certificatePEM.utf8))
                    .map { .certificate($0) },
                privateKey: .privateKey(
                    try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem))))
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(shared: shared, script: script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let upstream = AnsweringUpstream(shared: shared, listener: listener)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(upstream)) } catch { result = .failure(error) }
        try await listener.close().get()
        for channel in shared.channels.withLock({ Array($0.values) }) {
            // It may be gone already, which is what is wanted.
            try? await channel.close().get()
        }
        return try result.get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let shared: Shared
        private let script: Script
        private var current: Request?

        init(shared: Shared, script: @escaping Script) {
            self.shared = shared
            self.script = script
        }

        func channelActive(context: ChannelHandlerContext) {
            let channel = context.channel
            self.shared.channels.withLock { $0[ObjectIdentifier(channel)] = channel }
            context.fireChannelActive()
        }

        func channelInactive(context: ChannelHandlerContext) {
            let id = ObjectIdentifier(context.channel)
            _ = self.shared.channels.withLock { $0.removeValue(forKey: id) }
            context.fireChannelInactive()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch self.unwrapInboundIn(data) {
            case .head(let head):
                self.current = Request(
                    method: head.method.rawValue, target: head.uri, headers: head.headers.map { ($0.name, $0.value) },
                    body: [])
            case .body(let bytes): self.current?.body += Array(buffer: bytes)
            case .end:
                guard let request = self.current else { return }
                self.current = nil
                self.shared.requests.withLock { $0.append(request) }
                self.send(self.script(request), context)
            }
        }

        private func send(_ reply: Reply, _ context: ChannelHandlerContext) {
            var headers = HTTPHeaders(reply.headers)
            if !reply.body.isEmpty { headers.add(name: "content-type", value: "application/json; charset=utf-8") }
            if reply.status != 204 { headers.add(name: "content-length", value: String(reply.body.utf8.count)) }
            let head = HTTPResponseHead(
                version: .http1_1, status: .init(statusCode: reply.status), headers: headers)
            context.write(self.wrapOutboundOut(.head(head)), promise: nil)
            if !reply.body.isEmpty {
                context.write(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: reply.body)))), promise: nil)
            }
            context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
