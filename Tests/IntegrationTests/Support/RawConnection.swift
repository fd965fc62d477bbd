import GatewayTestSupport
import NIOCore
import NIOPosix
import NIOSSL

/// A TLS connection to the gateway over which a test writes bytes that no client library would write.
final class RawConnection {
    struct ClosedEarly: Error { var received: String }

    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private var received: [UInt8] = []
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
        _ stack: LocalStack, identity: TestIdentity? = nil, _ body: (RawConnection) async throws -> Result
    ) async throws -> Result {
        let context = try NIOSSLContext(configuration: try LocalStack.clientTLS(stack.authority, identity: identity))
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: stack.port) { channel in
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

    /// The serial number of the certificate that the gateway presented.
    func serial() async throws -> [UInt8] {
        let channel = self.channel
        let certificate = try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: NIOSSLClientHandler.self).peerCertificate
        }.get()
        return certificate?.serialNumber ?? []
    }

    func send(_ text: String) async throws { try await self.outbound.write(ByteBuffer(string: text)) }

    /// Sends a request head line by line, with `Host` and a token, and reads the answer.
    func request(
        _ method: String, _ target: String, token: String?, body: String? = nil, version: String = "HTTP/1.1",
        lines: [String] = [], host: Bool = true
    ) async throws -> LocalStack.Answer {
        var text = "\(method) \(target) \(version)\r\n"
        if host { text += "Host: gateway.test\r\n" }
        if let token { text += "Authorization: Bearer \(token)\r\n" }
        if let body {
            text += "Content-Type: application/json\r\n"
            if !lines.contains(where: { $0.lowercased().hasPrefix("transfer-encoding") }) {
                text += "Content-Length: \(body.utf8.count)\r\n"
            }
        }
        for line in lines { text += line + "\r\n" }
        try await self.send(text + "\r\n" + (body ?? ""))
        return try await self.answer()
    }

    /// The next answer, by its `content-length`.
    func answer() async throws -> LocalStack.Answer {
        while true {
            if let answer = self.parse() { return answer }
            guard let bytes = try await self.inbound.next(isolation: #isolation) else {
                throw ClosedEarly(received: String(decoding: self.received, as: UTF8.self))
            }
            self.received += Array(buffer: bytes)
        }
    }

    private func parse() -> LocalStack.Answer? {
        guard let end = self.received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        var lines = String(decoding: self.received[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let status = lines.removeFirst().split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        let headers = lines.map { line -> (String, String) in
            let name = line.prefix { $0 != ":" }
            return (String(name), line.dropFirst(name.count + 1).drop { $0 == " " }.description)
        }
        var answer = LocalStack.Answer(status: status, headers: headers, body: [])
        let length = answer.header("content-length").flatMap { Int($0) } ?? 0
        let rest = self.received[end.upperBound...]
        guard rest.count >= length else { return nil }
        answer.body = Array(rest.prefix(length))
        self.received = Array(rest.dropFirst(length))
        return answer
    }
}
