import GatewayTestSupport
import NIOCore
import NIOPosix
import NIOSSL

/// A TLS connection over which a test writes and reads bytes as it likes.
final class RawConnection {
    struct Answer: Sendable {
        var status: Int
        var head: String
        var body: String
    }

    enum Failure: Error { case closedEarly(String), notAnAnswer(String) }

    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var received = ""
    let channel: any Channel

    private init(
        channel: any Channel, outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>,
        inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    ) {
        self.channel = channel
        self.outbound = outbound
        self.inbound = inbound
    }

    static func with<Result: Sendable>(
        _ server: RunningListener, identity: TestIdentity? = nil, protocols: [String] = [],
        highestTLS: TLSVersion? = nil, _ body: (RawConnection) async throws -> Result
    ) async throws -> Result {
        var tls = try server.clientTLS(identity: identity)
        tls.applicationProtocols = protocols
        if let highestTLS {
            tls.minimumTLSVersion = .tlsv1
            tls.maximumTLSVersion = highestTLS
        }
        let context = try NIOSSLContext(configuration: tls)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: server.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    return try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(inboundType: ByteBuffer.self, outboundType: ByteBuffer.self))
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await body(
                RawConnection(channel: channel.channel, outbound: outbound, inbound: inbound.makeAsyncIterator()))
        }
    }

    func send(_ text: String) async throws { try await outbound.write(ByteBuffer(string: text)) }

    /// The next answer, by its `content-length`; an interim one has no body.
    func answer() async throws -> Answer {
        while true {
            if let answer = try parse() { return answer }
            guard let bytes = try await inbound.next(isolation: #isolation) else { throw Failure.closedEarly(received) }
            received += String(buffer: bytes)
        }
    }

    /// Waits until anything at all has come.
    func something() async throws {
        guard let bytes = try await inbound.next(isolation: #isolation) else { throw Failure.closedEarly(received) }
        received += String(buffer: bytes)
    }

    /// What still comes until the server closes, a reset counted as closing.
    func rest() async -> String {
        while let bytes = try? await inbound.next(isolation: #isolation) { received += String(buffer: bytes) }
        defer { received = "" }
        return received
    }

    private func parse() throws -> Answer? {
        guard let end = received.firstRange(of: "\r\n\r\n") else { return nil }
        let head = String(received[..<end.lowerBound])
        let words = head.split(separator: " ", maxSplits: 2)
        guard words.count >= 2, let status = Int(words[1]) else { throw Failure.notAnAnswer(received) }
        let length = head.lowercased().split(separator: "\r\n").compactMap { line in
            line.hasPrefix("content-length: ") ? Int(line.dropFirst("content-length: ".count)) : nil
        }.first
        let after = received[end.upperBound...]
        guard let length else {
            received = String(after)
            return Answer(status: status, head: head, body: "")
        }
        guard after.utf8.count >= length else { return nil }
        let body = String(decoding: Array(after.utf8.prefix(length)), as: UTF8.self)
        received = String(decoding: Array(after.utf8.dropFirst(length)), as: UTF8.self)
        return Answer(status: status, head: head, body: body)
    }
}
