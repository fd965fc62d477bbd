import NIOCore
import NIOHTTP1
import NIOSSL
import NIOTLS
import TLSNames

/// The last handler of a fetch's channel: sends the request when TLS stands, hands over the answer once, and closes.
final class FetchConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let target: FetchTarget
    private let deadline: NIODeadline
    private var reader: FetchAnswerReader
    /// Nil once the answer is given.
    private var promise: EventLoopPromise<FetchConnector.Answer>?
    private var isSecured = false
    private var timer: Scheduled<Void>?

    init(
        target: FetchTarget, reader: FetchAnswerReader, deadline: NIODeadline,
        promise: EventLoopPromise<FetchConnector.Answer>
    ) {
        self.target = target
        self.reader = reader
        self.deadline = deadline
        self.promise = promise
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let loopContext = context.loopBound
        let loopSelf = NIOLoopBound(self, eventLoop: context.eventLoop)
        self.timer = context.eventLoop.scheduleTask(deadline: self.deadline) {
            loopSelf.value.finish(.failure(FetchRefusal(.timedOut)), loopContext.value)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.answer(.failure(FetchRefusal(.closed))) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent, !self.isSecured {
            guard self.isNamedByCertificate(context) else {
                return self.finish(.failure(FetchRefusal(.certificateInvalid)), context)
            }
            self.isSecured = true
            self.send(on: context)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard self.promise != nil else { return }
        do throws(FetchRefusal) {
            switch self.unwrapInboundIn(data) {
            case .head(let head): try self.reader.read(head)
            case .body(let bytes): try self.reader.read(bytes)
            case .end: self.finish(.success(try self.reader.end()), context)
            }
        } catch {
            self.finish(.failure(error), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let reason = self.isSecured ? FetchRefusal.Reason.ofAnswer(error) : .ofHandshake(error)
        self.finish(.failure(FetchRefusal(reason)), context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        self.finish(.failure(FetchRefusal(self.isSecured ? .closed : .tlsFailed)), context)
        context.fireChannelInactive()
    }

    /// Chain and validity are verified already; an address without a name was matched against the certificate's.
    private func isNamedByCertificate(_ context: ChannelHandlerContext) -> Bool {
        guard case .name(let name) = self.target.host, let peer = PeerName(host: name) else { return true }
        return peer.isProved(in: context.pipeline.syncOperations)
    }

    private func send(on context: ChannelHandlerContext) {
        let headers: HTTPHeaders = [
            "host": self.target.authority, "accept": "*/*", "accept-encoding": "identity", "user-agent": "sallyport",
            "connection": "close",
        ]
        self.target.withRequestTarget { uri in
            let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: uri, headers: headers)
            context.write(self.wrapOutboundOut(.head(head)), promise: nil)
        }
        context.writeAndFlush(self.wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func answer(_ result: FetchConnector.Answer) {
        self.timer?.cancel()
        self.timer = nil
        self.promise?.succeed(result)
        self.promise = nil
    }

    private func finish(_ result: FetchConnector.Answer, _ context: ChannelHandlerContext) {
        guard self.promise != nil else { return }
        self.answer(result)
        // Beneath TLS: the answer is settled, and waiting for the other side's farewell would keep the socket.
        if let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self) {
            tls.close(mode: .all, promise: nil)
        } else {
            context.close(promise: nil)
        }
    }
}
