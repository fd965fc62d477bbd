import GatewayTestSupport
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// An https server that answers every request with what the test put there, and counts them.
final class TestKeyServer: Sendable {
    struct Answer: Sendable {
        var status = HTTPResponseStatus.ok
        var headers: [(String, String)] = []
        var body: String
        /// Promises one byte more than it sends, and stays open.
        var stalls = false
    }

    private struct Guarded: Sendable {
        var answer = Answer(body: "")
        var requests = 0
    }

    private let guarded = Mutex(Guarded())
    private let channel: any Channel

    var requests: Int { self.guarded.withLock { $0.requests } }
    var url: String { "https://localhost:\(self.channel.localAddress?.port ?? 0)/keys" }

    func set(_ body: String, status: HTTPResponseStatus = .ok, headers: [(String, String)] = []) {
        self.guarded.withLock { $0.answer = Answer(status: status, headers: headers, body: body) }
    }

    func stall() { self.guarded.withLock { $0.answer = Answer(body: "{", stalls: true) } }

    func stop() async throws { try await self.channel.close() }

    private final class Box: Sendable {
        let server = Mutex<TestKeyServer?>(nil)
    }

    init(_ identity: TestIdentity, serving body: String) async throws {
        let context = try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: [.certificate(NIOSSLCertificate(bytes: identity.certificateDER, format: .der))],
                privateKey: .privateKey(NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem))))
        let box = Box()
        self.channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(
                        Responder { box.server.withLock { $0 }?.next() ?? Answer(status: .notFound, body: "") })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.set(body)
        box.server.withLock { $0 = self }
    }

    private func next() -> Answer {
        self.guarded.withLock { guarded in
            guarded.requests += 1
            return guarded.answer
        }
    }
}

private final class Responder: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let answer: @Sendable () -> TestKeyServer.Answer
    init(_ answer: @escaping @Sendable () -> TestKeyServer.Answer) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .end = self.unwrapInboundIn(data) else { return }
        let answer = self.answer()
        var headers = HTTPHeaders(answer.headers)
        headers.add(name: "Content-Length", value: "\(answer.body.utf8.count + (answer.stalls ? 1 : 0))")
        let head = HTTPResponseHead(version: .http1_1, status: answer.status, headers: headers)
        context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        context.write(self.wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
        if answer.stalls {
            context.flush()
        } else {
            context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
        }
    }
}
