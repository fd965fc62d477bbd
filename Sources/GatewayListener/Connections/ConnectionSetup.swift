import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP2
import NIOSSL
import NIOTLS

/// Builds the pipeline of each accepted connection (TLS, then HTTP/1.1 or HTTP/2 as ALPN decides) and serves its requests.
///
/// It stands where Hummingbird's own channels would, whose limits cannot be set and whose refusals have no body.
struct ConnectionSetup: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        let arrivals: Arrivals
    }

    let limits: ListenerLimits
    let credentials: ServerCredentials
    let handler: any RequestHandling
    let connections: ConnectionCount
    let shutdown: Duration

    // MARK: Setting up

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let arrivals = Arrivals()
        let value = Value(channel: channel, arrivals: arrivals)
        guard connections.open() else {
            logger.warning("Connection refused: too many are open", metadata: ["limit": "\(limits.connections)"])
            arrivals.finish()
            // Not before the channel is registered, which comes after this call.
            channel.eventLoop.execute { channel.close(promise: nil) }
            return channel.eventLoop.makeSucceededFuture(value)
        }
        channel.closeFuture.whenComplete { [connections] _ in
            connections.closed()
            arrivals.finish()
        }
        return channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let handshake = HandshakeGuard(time: limits.request)
            try pipeline.addHandler(NIOSSLServerHandler(context: credentials.context))
            try pipeline.addHandler(
                ApplicationProtocolNegotiationHandler { result, channel in
                    handshake.agreed()
                    return channel.eventLoop.makeCompletedFuture {
                        let surroundings = try surroundings(of: channel, arrivals: arrivals)
                        switch result {
                        case .negotiated("h2"): try Self.addHTTP2(to: channel, surroundings, shutdown: shutdown)
                        default:
                            try Self.addHTTP1(to: channel, surroundings)
                            // What it still does is close on errors, and so does the connection now behind it.
                            channel.pipeline.syncOperations.removeHandler(handshake, promise: nil)
                        }
                    }
                })
            try pipeline.addHandler(handshake)
            return value
        }
    }

    private func surroundings(
        of channel: any Channel, arrivals: Arrivals
    ) throws -> ConnectionSurroundings {
        let certificate = try channel.pipeline.syncOperations.nioSSL_peerCertificate()
        let peer = ConnectionPeer(
            address: channel.remoteAddress?.ipAddress ?? "unknown",
            certificate: try certificate.map { ClientCertificate(der: try $0.toDERBytes()) })
        return ConnectionSurroundings(
            limits: limits, peer: peer, arrivals: arrivals, refusal: { [handler] in handler.refusal($0) },
            refused: { [connections] _ in connections.refused() })
    }

    private static func addHTTP1(to channel: any Channel, _ surroundings: ConnectionSurroundings) throws {
        try channel.pipeline.syncOperations.addHandler(HTTP1Connection(surroundings: surroundings))
    }

    private static func addHTTP2(
        to channel: any Channel, _ surroundings: ConnectionSurroundings, shutdown: Duration
    ) throws {
        let pipeline = channel.pipeline.syncOperations
        let limits = surroundings.limits
        var connection = NIOHTTP2Handler.ConnectionConfiguration()
        // A header list over the announced size ends the connection without an answer. Twice our own limit is announced,
        // so that what goes over that is read and answered 431.
        connection.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: min(limits.streams, Int(Int32.max))),
            HTTP2Setting(parameter: .maxHeaderListSize, value: min(limits.headerBytes, Int(Int32.max / 2)) * 2),
        ]
        let manager = NIOHTTP2ServerConnectionManagementHandler(
            eventLoop: channel.eventLoop,
            configuration: .init(
                maxIdleTime: TimeAmount(limits.idle), maxAge: nil, maxGraceTime: TimeAmount(shutdown), keepalive: nil))
        _ = try pipeline.configureHTTP2Pipeline(
            mode: .server, connectionConfiguration: connection, streamConfiguration: .init(),
            streamDelegate: manager.http2StreamDelegate
        ) { stream in
            stream.eventLoop.makeCompletedFuture {
                try stream.pipeline.syncOperations.addHandler(HTTP2Stream(surroundings: surroundings))
            }
        }
        try pipeline.addHandler(manager)
        try pipeline.addHandler(HTTP2ConnectionGuard(limits: limits))
        // The manager starts its idle timer when the channel becomes active, which was before the handshake.
        manager.channelActive(context: try pipeline.context(handler: manager))
    }

    // MARK: Serving

    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            await withDiscardingTaskGroup { group in
                while let arrival = await value.arrivals.next() {
                    if arrival.sideBySide {
                        group.addTask { await serve(arrival) }
                    } else {
                        await serve(arrival)
                    }
                }
            }
        } onCancel: {
            // The shutdown time is over: nothing more is waited for.
            value.arrivals.finish()
            value.channel.close(promise: nil)
        }
    }

    private func serve(_ arrival: Arrival) async {
        arrival.request.answer(await handler.handle(arrival.request))
    }
}
