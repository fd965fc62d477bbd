import GatewayTestSupport
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A TLS server that answers every request with the same bytes, and remembers the heads that came.
final class AnsweringServer: Sendable {
    enum Ending: Sendable { case stay, close, cut }

    struct Answer: Sendable {
        var bytes: [UInt8]
        var ending = Ending.stay
    }

    private final class Log: Sendable {
        let heads = Mutex<[String]>([])
        let channels = Mutex<[any Channel]>([])
    }

    private let log: Log
    private let listener: any Channel

    var port: Int { self.listener.localAddress?.port ?? 0 }
    var heads: [String] { self.log.heads.withLock { $0 } }
    var connections: Int { self.log.channels.withLock { $0.count } }

    private init(log: Log, listener: any Channel) {
        self.log = log
        self.listener = listener
    }

    /// Runs a body with a server and stops it.
    ///
    /// - Parameter identity: nil for one that accepts connections and never says anything.
    static func with(
        identity: TestIdentity?, answer: Answer, at host: String = "127.0.0.1",
        _ body: (AnsweringServer) async throws -> Void
    ) async throws {
        let log = Log()
        let tls = try identity.map { identity in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(try identity.certificatePEM.utf8))
                        .map { .certificate($0) },
                    privateKey: .privateKey(
                        try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem))))
        }
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    log.channels.withLock { $0.append(channel) }
                    guard let tls else { return }
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls))
                    try channel.pipeline.syncOperations.addHandler(Handler(log: log, answer: answer))
                }
            }
            .bind(host: host, port: 0).get()
        let server = AnsweringServer(log: log, listener: listener)
        let result: Result<Void, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        try await listener.close().get()
        for channel in log.channels.withLock({ $0 }) {
            channel.eventLoop.execute { Handler.cut(channel) }
            try await channel.closeFuture.get()
        }
        try result.get()
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let log: Log
        private let answer: Answer
        private var received = ""

        init(log: Log, answer: Answer) {
            self.log = log
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            self.received += String(buffer: self.unwrapInboundIn(data))
            guard let end = self.received.firstRange(of: "\r\n\r\n") else { return }
            let head = String(self.received[..<end.lowerBound])
            self.received = ""
            self.log.heads.withLock { $0.append(head) }
            context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(bytes: self.answer.bytes)), promise: nil)
            switch self.answer.ending {
            case .stay: break
            case .close: context.close(promise: nil)
            case .cut: Self.cut(context.channel)
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        static func cut(_ channel: any Channel) {
            if let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) {
                tls.close(mode: .all, promise: nil)
            } else {
                channel.close(promise: nil)
            }
        }
    }
}

extension AnsweringServer.Answer {
    /// Lines as on the wire, with the end of the head, and then a body.
    init(_ lines: [String], _ body: [UInt8] = [], ending: AnsweringServer.Ending = .stay) {
        self.init(bytes: Array(lines.map { $0 + "\r\n" }.joined().utf8) + [13, 10] + body, ending: ending)
    }

    /// A 200 with its length.
    init(ok body: [UInt8]) { self.init(["HTTP/1.1 200 OK", "Content-Length: \(body.count)"], body) }
    init(ok text: String) { self.init(ok: Array(text.utf8)) }
}
