import GatewayTestSupport
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server that answers with exactly the bytes it is told to, over TLS or plainly, and counts what came.
final class ScriptedServer: Sendable {
    enum Step: Sendable {
        case send(String)
        /// Closes in good order, close notice included.
        case close
        /// Closes only the sending side.
        case closeOutput
        /// Reads nothing more.
        case stopReading
        /// Drops the TCP connection without a close notice.
        case cut
    }

    struct Request: Sendable {
        /// From 1, in the order in which connections were accepted.
        var connection: Int
        /// From 1, on this connection.
        var number: Int
        var head: String
        var body: String
        var line: String { String(head.prefix { $0 != "\r\n" }) }
    }

    typealias Script = @Sendable (Request) -> [Step]

    struct Log: Sendable {
        var accepted = 0
        var open = 0
        var mostOpen = 0
        var requests: [Request] = []
    }

    fileprivate struct State {
        var log = Log()
        var channels: [Int: any Channel] = [:]
    }

    private let state: Arc
    private let listener: any Channel

    /// What connections and the server share.
    fileprivate final class Arc: Sendable {
        let value = Mutex(State())
    }

    var port: Int { listener.localAddress?.port ?? 0 }
    var log: Log { state.value.withLock { $0.log } }

    /// - Parameter awaitsBodies: false to act as soon as a request's head is there.
    static func start(
        identity: TestIdentity?, awaitsBodies: Bool = true, script: @escaping Script
    ) async throws -> ScriptedServer {
        let state = Arc()
        let tls = try identity.map { identity in
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: try NIOSSLCertificate.fromPEMBytes(Array(try identity.certificatePEM.utf8))
                    .map { .certificate($0) },
                privateKey: .privateKey(
                    try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem)))
            configuration.shutdownTimeout = .milliseconds(200)
            return try NIOSSLContext(configuration: configuration)
        }
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.addHandler(
                        Handler(state: state, awaitsBodies: awaitsBodies, script: script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return ScriptedServer(state: state, listener: listener)
    }

    private init(state: Arc, listener: any Channel) {
        self.state = state
        self.listener = listener
    }

    /// Sends bytes on every open connection, asked for or not.
    func sendOnAll(_ text: String) async {
        for channel in state.value.withLock({ Array($0.channels.values) }) {
            // A connection may be closing at this moment, which is none of the test's business.
            try? await channel.writeAndFlush(ByteBuffer(string: text)).get()
        }
    }

    /// Drops every open connection beneath TLS, and returns when they are closed.
    func cutAll() async throws {
        for channel in state.value.withLock({ Array($0.channels.values) }) {
            channel.eventLoop.execute { Handler.cut(channel) }
            try await channel.closeFuture.get()
        }
    }

    /// Lets the port be refused from now on.
    func stopListening() async throws {
        if listener.isActive { try await listener.close().get() }
    }

    func stop() async throws {
        try await stopListening()
        try await cutAll()
    }

    /// Runs a body with a server and stops it.
    static func with<Result>(
        identity: TestIdentity?, awaitsBodies: Bool = true, script: @escaping Script,
        _ body: (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        let server = try await start(identity: identity, awaitsBodies: awaitsBodies, script: script)
        let result: Result
        do { result = try await body(server) } catch {
            try? await server.stop()
            throw error
        }
        try await server.stop()
        return result
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let state: Arc
        private let script: Script
        private let awaitsBodies: Bool
        private var received = ""
        private var connection = 0
        private var number = 0

        init(state: Arc, awaitsBodies: Bool, script: @escaping Script) {
            self.state = state
            self.awaitsBodies = awaitsBodies
            self.script = script
        }

        func channelActive(context: ChannelHandlerContext) {
            let channel = context.channel
            connection = state.value.withLock { state in
                state.log.accepted += 1
                state.log.open += 1
                state.log.mostOpen = max(state.log.mostOpen, state.log.open)
                state.channels[state.log.accepted] = channel
                return state.log.accepted
            }
            context.fireChannelActive()
        }

        func channelInactive(context: ChannelHandlerContext) {
            state.value.withLock { state in
                state.log.open -= 1
                state.channels[connection] = nil
            }
            context.fireChannelInactive()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            while let request = nextRequest() {
                let steps = script(request)
                state.value.withLock { $0.log.requests.append(request) }
                for step in steps { perform(step, context) }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        private func nextRequest() -> Request? {
            guard let end = received.firstRange(of: "\r\n\r\n") else { return nil }
            let head = String(received[..<end.lowerBound])
            let length =
                head.split(separator: "\r\n").lazy
                .compactMap { $0.lowercased().hasPrefix("content-length: ") ? Int($0.dropFirst(16)) : nil }.first ?? 0
            let rest = received[end.upperBound...]
            let expected = awaitsBodies ? length : 0
            guard rest.utf8.count >= expected else { return nil }
            let body = String(decoding: rest.utf8.prefix(expected), as: UTF8.self)
            received = String(decoding: rest.utf8.dropFirst(expected), as: UTF8.self)
            number += 1
            return Request(connection: connection, number: number, head: head, body: body)
        }

        private func perform(_ step: Step, _ context: ChannelHandlerContext) {
            switch step {
            case .send(let text): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .stopReading: context.channel.setOption(.autoRead, value: false).whenFailure { _ in }
            case .close: context.close(promise: nil)
            case .closeOutput: context.close(mode: .output, promise: nil)
            case .cut: Self.cut(context.channel)
            }
        }

        static func cut(_ channel: any Channel) {
            if let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self) {
                tls.close(mode: .all, promise: nil)
            } else {
                channel.close(promise: nil)
            }
        }
    }
}

/// An answer with its length.
func answer(_ status: String = "200 OK", _ body: String = "", headers: String = "") -> ScriptedServer.Step {
    .send("HTTP/1.1 \(status)\r\n\(headers)content-length: \(body.utf8.count)\r\n\r\n\(body)")
}
