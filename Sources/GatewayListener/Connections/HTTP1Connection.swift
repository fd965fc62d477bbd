import NIOCore
import NIOHTTP1
import NIOSSL

/// One HTTP/1.1 connection: hands its requests on one at a time, in order, and holds them to the limits.
///
/// It begins with its parser and ends with its channel; everything happens on the channel's event loop. Answers leave by
/// the gate before the parser, as bytes.
final class HTTP1Connection: ChannelDuplexHandler, ExchangeTransport {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    private enum Phase { case idle, receivingHead, exchanging, draining, closed }

    private let surroundings: ConnectionSurroundings
    private let gate: HTTP1ByteGate
    private let idleTime: TimeAmount
    private let requestTime: TimeAmount
    private var context: ChannelHandlerContext?
    private var timer: DeadlineTimer?
    private var phase = Phase.idle
    private var current: Exchange?
    private var currentMayContinue = false
    private var currentKeepsAlive = true
    /// Parts of requests that came before the answer to an earlier one.
    private var pipelined = CircularBuffer<HTTPServerRequestPart>()
    private var pipelinedFailure: TransportRefusal?
    private var readIsHeld = false
    private var inputClosed = false
    private var quiescing = false

    init(surroundings: ConnectionSurroundings, gate: HTTP1ByteGate) {
        self.surroundings = surroundings
        self.gate = gate
        idleTime = TimeAmount(surroundings.limits.idle)
        requestTime = TimeAmount(surroundings.limits.request)
    }

    // MARK: Coming and going

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        gate.bytesArrived = { [weak self] in self?.bytesArrived() }
        timer = DeadlineTimer(loop: context.eventLoop) { [weak self] in self?.timePassed() }
        timer?.set(idleTime)
    }

    func handlerRemoved(context: ChannelHandlerContext) { left() }

    func channelInactive(context: ChannelHandlerContext) {
        left()
        context.fireChannelInactive()
    }

    private func left() {
        guard phase != .closed else { return }
        phase = .closed
        inputClosed = true
        context = nil
        timer?.stop()
        gate.forget()
        pipelined.removeAll()
        // The exchange goes on: what its handler has begun must be finished and recorded.
        current?.abandoned()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            quiescing = true
            if phase == .idle { close() }
        case ChannelEvent.inputClosed:
            inputClosed = true
            if current == nil { close() } else { current?.abandoned() }
        default: break
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return close() }
        let refusal: TransportRefusal = error == .headerOverflow ? .headersTooLarge : .malformed
        switch phase {
        case .draining, .closed: break
        case .idle, .receivingHead: refuse(refusal)
        case .exchanging:
            if inputClosed {
                current?.failed(.disconnected)
            } else if let current, !current.requestEnded {
                current.failed(.malformed)
            } else {
                pipelinedFailure = refusal
            }
        }
    }

    // MARK: Receiving

    private func bytesArrived() {
        guard phase == .idle else { return }
        phase = .receivingHead
        timer?.set(requestTime)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if let current, current.requestEnded {
            pipelined.append(part)
        } else {
            take(part)
        }
    }

    func read(context: ChannelHandlerContext) {
        // What nobody has asked for yet stays in the socket, so that callers cannot make the gateway hold it.
        if pipelined.count < 16, pipelinedFailure == nil, current?.takesMore ?? true {
            context.read()
        } else {
            readIsHeld = true
        }
    }

    private func readOn() {
        guard readIsHeld else { return }
        readIsHeld = false
        context?.read()
    }

    private func take(_ part: HTTPServerRequestPart) {
        if phase == .draining || phase == .closed { return }
        switch part {
        case .head(let head): begin(head)
        case .body(let bytes): current?.received(bytes)
        case .end:
            current?.ended()
            timer?.clear()
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        guard let context else { return }
        let rules: HTTP1HeadRules
        do { rules = try HTTP1HeadRules(checking: head) } catch { return refuse(error) }
        let exchange = Exchange(
            omitsBody: head.method == .HEAD, bodyLimit: surroundings.limits.bodyBytes,
            declaredLength: rules.declaredLength, transport: self)
        current = exchange
        currentMayContinue = rules.expectsContinue
        currentKeepsAlive = head.isKeepAlive && !rules.leavesHTTP
        if phase == .idle { timer?.set(requestTime) }
        phase = .exchanging
        let bound = NIOLoopBound(exchange, eventLoop: context.eventLoop)
        let request = InboundRequest(
            method: head.method.rawValue, rawTarget: head.uri, authority: rules.host ?? "",
            headers: RequestHeaders(head.headers), version: .http1, peer: surroundings.peer, exchange: bound,
            eventLoop: context.eventLoop)
        surroundings.arrivals.add(Arrival(request: request, sideBySide: false))
    }

    func bodyIsWanted(by exchange: Exchange) {
        guard exchange === current else { return }
        if currentMayContinue, !exchange.requestEnded {
            currentMayContinue = false
            gate.writeAndFlush(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"), promise: nil)
        }
        readOn()
    }

    private func timePassed() {
        switch phase {
        case .idle: close()
        case .receivingHead: refuse(.timedOut)
        case .exchanging: current?.failed(.timedOut)
        case .draining, .closed: cut()
        }
    }

    // MARK: Answering

    func answer(_ exchange: Exchange, with response: OutboundResponse) {
        guard exchange === current, phase == .exchanging else {
            response.delivered?(false)
            return
        }
        let closes =
            response.closeConnection || !currentKeepsAlive || quiescing || inputClosed || !exchange.requestEnded
        current = nil
        if closes { drain() }
        write(response, omitsBody: exchange.omitsBody, closes: closes)
        if phase == .exchanging { next() }
    }

    private func next() {
        phase = .idle
        timer?.set(idleTime)
        while phase != .draining, !(current?.requestEnded ?? false), let part = pipelined.popFirst() { take(part) }
        if current == nil, phase == .idle, let failure = pipelinedFailure { return refuse(failure) }
        readOn()
    }

    private func refuse(_ reason: TransportRefusal) {
        guard context != nil, phase != .draining else { return }
        surroundings.refused(reason)
        current = nil
        drain()
        write(surroundings.refusal(reason), omitsBody: false, closes: true)
    }

    private func write(_ response: OutboundResponse, omitsBody: Bool, closes: Bool) {
        guard let context else {
            response.delivered?(false)
            return
        }
        guard let bytes = response.http1Bytes(omitsBody: omitsBody, closes: closes) else {
            // Nothing of it goes out: the client knows no more than if the connection had been lost.
            if phase != .draining { drain() }
            response.delivered?(false)
            return cut()
        }
        let delivered = response.delivered
        guard closes || delivered != nil else { return gate.writeAndFlush(bytes, promise: nil) }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            self.written(result, delivered: delivered, closes: closes)
        }
        gate.writeAndFlush(bytes, promise: promise)
    }

    private func written(_ result: Result<Void, any Error>, delivered: (@Sendable (Bool) -> Void)?, closes: Bool) {
        if case .success = result { delivered?(!inputClosed) } else { delivered?(false) }
        guard closes, let context else { return }
        // The client sees the end at once; what it still sends is swallowed, so that no reset takes the answer from it.
        timer?.set(surroundings.limits.drain)
        if inputClosed { close() } else { context.close(mode: .output, promise: nil) }
    }

    private func drain() {
        phase = .draining
        pipelined.removeAll()
        gate.drain(surroundings.limits.drainBytes) { [weak self] in self?.cut() }
        // The time for draining begins when the answer is out; a client that does not even read it counts as idle.
        timer?.set(idleTime)
        readOn()
    }

    private func close() {
        context?.close(mode: .all, promise: nil)
    }

    /// Closes beneath TLS, which would otherwise read on until the client says goodbye.
    private func cut() {
        guard let context else { return }
        let tls = try? context.pipeline.syncOperations.context(handlerType: NIOSSLServerHandler.self)
        (tls ?? context).close(mode: .all, promise: nil)
    }
}
