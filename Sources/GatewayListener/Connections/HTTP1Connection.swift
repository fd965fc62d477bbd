import NIOCore
import NIOSSL

/// One HTTP/1.1 connection: reads its requests, hands them on one at a time, in order, and holds them to the limits.
///
/// It stands right behind TLS, where requests and answers are bytes; everything happens on the channel's event loop.
final class HTTP1Connection: ChannelDuplexHandler, ExchangeTransport {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    private enum Phase { case idle, receivingHead, exchanging, draining, closed }

    private let surroundings: ConnectionSurroundings
    private let idleTime: TimeAmount
    private let requestTime: TimeAmount
    private var context: ChannelHandlerContext?
    private var timer: DeadlineTimer?
    private var phase = Phase.idle
    private var reader: RequestReader
    /// What has come and was not read yet: behind the request that is being served.
    private var unread = ByteBuffer()
    private var isReading = false
    private var current: Exchange?
    private var currentMayContinue = false
    private var currentKeepsAlive = true
    private var readIsHeld = false
    /// False while the client does not read its answers: it gets no more of them.
    private var isWritable = true
    private var inputClosed = false
    private var quiescing = false
    /// How many bytes are still swallowed behind the last answer.
    private var drainBytes = 0

    init(surroundings: ConnectionSurroundings) {
        self.surroundings = surroundings
        reader = RequestReader(headBytes: surroundings.limits.headerBytes)
        idleTime = TimeAmount(surroundings.limits.idle)
        requestTime = TimeAmount(surroundings.limits.request)
    }

    // MARK: Coming and going

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // Strong until `left`: a weak reference would make every other one slower.
        timer = DeadlineTimer(loop: context.eventLoop) { self.timePassed() }
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
        timer = nil
        unread = ByteBuffer()
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

    func errorCaught(context: ChannelHandlerContext, error: any Error) { close() }

    // MARK: Receiving

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        switch phase {
        case .closed: return
        case .draining:
            drainBytes -= bytes.readableBytes
            if drainBytes < 0 { cut() }
            return
        case .idle, .receivingHead, .exchanging: break
        }
        if unread.readableBytes == 0 {
            unread = bytes
        } else {
            unread.writeBuffer(&bytes)
        }
        goOn()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        goOn()
        readOn()
        context.fireChannelWritabilityChanged()
    }

    /// Reads what has come. Time runs from the first byte of a request, be it the only one so far.
    private func goOn() {
        guard isWritable, unread.readableBytes > 0 else { return }
        readRequests()
        if phase == .idle, !reader.isBetweenRequests {
            phase = .receivingHead
            timer?.set(requestTime)
        }
    }

    func read(context: ChannelHandlerContext) {
        if wantsMore { context.read() } else { readIsHeld = true }
    }

    private func readOn() {
        guard readIsHeld, wantsMore else { return }
        readIsHeld = false
        context?.read()
    }

    /// What nobody has asked for yet stays in the socket, so that callers cannot make the gateway hold it.
    private var wantsMore: Bool { unread.readableBytes < Self.unreadBytes && (current?.takesMore ?? true) }

    /// How much may wait behind a request that is being served before no more is read, in bytes.
    private static let unreadBytes = 1024

    /// Reads on, up to the end of a request that has to be answered first.
    private func readRequests() {
        // An answer that is given meanwhile lets the reading go on where it is.
        guard !isReading else { return }
        isReading = true
        defer { isReading = false }
        do {
            while phase != .draining, phase != .closed, !(current?.requestEnded ?? false),
                let part = try reader.next(&unread)
            {
                take(part)
            }
        } catch {
            fail(error)
        }
        // The memory of what was read goes, at the latest when it is the larger part.
        if unread.readableBytes == 0 {
            unread = ByteBuffer()
        } else if unread.readerIndex > unread.readableBytes {
            unread.discardReadBytes()
        }
    }

    private func take(_ part: RequestReader.Part) {
        switch part {
        case .head(let head): begin(head)
        case .body(let bytes, let isLast):
            if bytes.readableBytes > 0 { current?.received(bytes) }
            guard isLast else { return }
            current?.ended()
            timer?.clear()
        }
    }

    private func fail(_ reason: TransportRefusal) {
        if let current { current.failed(.malformed) } else { refuse(reason) }
    }

    private func begin(_ head: HTTP1Head) {
        guard let context else { return }
        let exchange = Exchange(
            omitsBody: head.method == "HEAD", bodyLimit: surroundings.limits.bodyBytes,
            declaredLength: head.declaredLength, transport: self)
        current = exchange
        currentMayContinue = head.expectsContinue
        currentKeepsAlive = head.keepsAlive
        if phase == .idle { timer?.set(requestTime) }
        phase = .exchanging
        let bound = NIOLoopBound(exchange, eventLoop: context.eventLoop)
        let request = InboundRequest(
            method: head.method, rawTarget: head.target, authority: head.host, headers: head.fields, version: .http1,
            peer: surroundings.peer, exchange: bound, eventLoop: context.eventLoop)
        surroundings.arrivals.add(Arrival(request: request, sideBySide: false))
    }

    func bodyIsWanted(by exchange: Exchange) {
        guard exchange === current else { return }
        if currentMayContinue, !exchange.requestEnded {
            currentMayContinue = false
            let bytes = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")
            context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
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
        goOn()
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
        guard closes || delivered != nil else {
            return context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            self.written(result, delivered: delivered, closes: closes)
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
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
        drainBytes = surroundings.limits.drainBytes - unread.readableBytes
        unread = ByteBuffer()
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
