import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Opens the one connection of a fetch, to exactly the address given.
struct FetchConnector: Sendable {
    typealias Answer = Result<[UInt8], FetchRefusal>

    enum Attempt: Sendable {
        /// TCP is established and the request is on its way; the closure waits for the answer.
        case connected(@Sendable () async -> Answer)
        /// There is no connection, and nothing was sent.
        case failed(FetchRefusal)
    }

    let tls: NIOSSLContext
    let group: any EventLoopGroup
    /// Instead of the target's own.
    let port: Int?

    func connect(
        to address: IPAddress, for target: FetchTarget, maximumBytes: Int, connectTime: TimeAmount,
        deadline: NIODeadline
    ) async -> Attempt {
        let bytes = ByteBuffer(bytes: address.bytes)
        guard let socketAddress = try? SocketAddress(packedIPAddress: bytes, port: self.port ?? target.port)
        else { return .failed(FetchRefusal(.connectFailed)) }
        do {
            // By address: the name is for SNI and the certificate alone, and is not resolved again.
            let answer = try await ClientBootstrap(group: self.group)
                .connectTimeout(connectTime)
                .connect(to: socketAddress) { [tls] channel in
                    channel.eventLoop.makeCompletedFuture {
                        try Self.addHandlers(
                            to: channel, tls: tls, target: target, maximumBytes: maximumBytes, deadline: deadline)
                    }
                }
            return .connected {
                do { return try await answer.get() } catch { return .failure(FetchRefusal(.closed)) }
            }
        } catch ChannelError.connectTimeout {
            return .failed(FetchRefusal(.timedOut))
        } catch {
            return .failed(FetchRefusal(.connectFailed))
        }
    }

    private static func addHandlers(
        to channel: any Channel, tls: NIOSSLContext, target: FetchTarget, maximumBytes: Int, deadline: NIODeadline
    ) throws -> EventLoopFuture<Answer> {
        let pipeline = channel.pipeline.syncOperations
        // Without a name the certificate is held against the address connected to.
        let serverHostname: String? = if case .name(let name) = target.host { name } else { nil }
        try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: serverHostname))
        try pipeline.addHandler(HTTPRequestEncoder())
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 16 << 10
        limits.maxHeaderListSize = 64 << 10
        limits.maxHeaderFieldCount = 128
        try pipeline.addHandler(
            ByteToMessageHandler(
                HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)))
        let promise = channel.eventLoop.makePromise(of: Answer.self)
        do {
            try pipeline.addHandler(
                FetchConnection(
                    target: target, reader: FetchAnswerReader(maximumBytes: maximumBytes), deadline: deadline,
                    promise: promise))
        } catch {
            promise.fail(error)
            throw error
        }
        return promise.futureResult
    }
}
