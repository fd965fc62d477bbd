import NIOCore
import NIOHPACK
import NIOHTTP1
import NIOHTTP2

/// One HTTP/2 stream, which is one request and its answer. Everything happens on its connection's event loop.
final class HTTP2Stream: ChannelDuplexHandler, ExchangeTransport {
    typealias InboundIn = HTTP2Frame.FramePayload
    typealias OutboundIn = Never
    typealias OutboundOut = HTTP2Frame.FramePayload

    private let surroundings: ConnectionSurroundings
    private var context: ChannelHandlerContext?
    private var timer: DeadlineTimer?
    private var current: Exchange?
    private var begun = false
    private var mayContinue = false
    private var readIsHeld = false
    /// After an answer that did not wait for the request's end: how much of the rest is still swallowed.
    private var draining: Int?

    init(surroundings: ConnectionSurroundings) { self.surroundings = surroundings }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { left() }

    func channelInactive(context: ChannelHandlerContext) {
        left()
        context.fireChannelInactive()
    }

    private func left() {
        context = nil
        timer?.stop()
        current?.abandoned()
        current = nil
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset by the client, or broken framing: the stream is over for both sides.
        current?.abandoned()
        context.close(promise: nil)
    }

    // MARK: Receiving

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .headers(let headers):
            // A second block of headers is trailers, of which nothing is used.
            if !begun { begin(headers.headers, endsRequest: headers.endStream) }
            if headers.endStream { ended() }
        case .data(let data):
            if case .byteBuffer(let bytes) = data.data { received(bytes) }
            if data.endStream { ended() }
        default: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // A request that came whole, the usual kind, needs no timer.
        if timer == nil, let current, !current.requestEnded { startTimer(surroundings.limits.request) }
        context.fireChannelReadComplete()
    }

    private func startTimer(_ time: Duration) {
        guard let context else { return }
        if timer == nil { timer = DeadlineTimer(loop: context.eventLoop) { [weak self] in self?.timePassed() } }
        timer?.set(time)
    }

    func read(context: ChannelHandlerContext) {
        if current?.takesMore ?? true {
            context.read()
        } else {
            readIsHeld = true
        }
    }

    private func begin(_ fields: HPACKHeaders, endsRequest: Bool) {
        guard let context else { return }
        begun = true
        let head: HTTP2Head
        do {
            head = try HTTP2Head(reading: fields, limit: surroundings.limits.headerBytes)
        } catch {
            surroundings.refused(error)
            return write(surroundings.refusal(error), omitsBody: false, requestEnded: endsRequest)
        }
        let exchange = Exchange(
            omitsBody: head.method == "HEAD", bodyLimit: surroundings.limits.bodyBytes,
            declaredLength: head.declaredLength, transport: self)
        current = exchange
        mayContinue = head.expectsContinue
        let bound = NIOLoopBound(exchange, eventLoop: context.eventLoop)
        let request = InboundRequest(
            method: head.method, rawTarget: head.target, authority: head.authority,
            headers: head.headers, version: .http2, peer: surroundings.peer, exchange: bound,
            eventLoop: context.eventLoop)
        surroundings.arrivals.add(Arrival(request: request, sideBySide: true))
    }

    private func received(_ bytes: ByteBuffer) {
        guard let left = draining.map({ $0 - bytes.readableBytes }) else {
            current?.received(bytes)
            return
        }
        draining = left
        if left < 0 { stopSending() }
    }

    private func ended() {
        current?.ended()
        draining = nil
        timer?.stop()
    }

    private func timePassed() {
        if draining != nil { stopSending() } else { current?.failed(.timedOut) }
    }

    /// The answer stands without the rest of the request: NO_ERROR tells the client to keep it and send no more.
    private func stopSending() {
        draining = nil
        context?.writeAndFlush(wrapOutboundOut(.rstStream(.noError)), promise: nil)
    }

    func bodyIsWanted(by exchange: Exchange) {
        guard exchange === current, let context else { return }
        if mayContinue, !exchange.requestEnded {
            mayContinue = false
            let headers = HPACKHeaders([(":status", "100")])
            context.writeAndFlush(wrapOutboundOut(.headers(.init(headers: headers))), promise: nil)
        }
        guard readIsHeld else { return }
        readIsHeld = false
        context.read()
    }

    // MARK: Answering

    func answer(_ exchange: Exchange, with response: OutboundResponse) {
        current = nil
        write(response, omitsBody: exchange.omitsBody, requestEnded: exchange.requestEnded)
    }

    private func write(_ response: OutboundResponse, omitsBody: Bool, requestEnded: Bool) {
        guard let context else {
            response.delivered?(false)
            return
        }
        timer?.stop()
        let headers = response.http2Head()
        let hasBody = response.sendsBody(omitted: omitsBody)
        let promise = response.delivered.map { delivered in
            let promise = context.eventLoop.makePromise(of: Void.self)
            promise.futureResult.whenComplete { result in
                if case .success = result { delivered(true) } else { delivered(false) }
            }
            return promise
        }
        context.write(
            wrapOutboundOut(.headers(.init(headers: headers, endStream: !hasBody))),
            promise: hasBody ? nil : promise)
        if hasBody {
            let body = ByteBuffer(bytes: response.body)
            let data = HTTP2Frame.FramePayload.Data(data: .byteBuffer(body), endStream: true)
            context.write(wrapOutboundOut(.data(data)), promise: promise)
        }
        context.flush()
        guard !requestEnded else { return }
        draining = surroundings.limits.drainBytes
        startTimer(surroundings.limits.drain)
        guard readIsHeld else { return }
        readIsHeld = false
        context.read()
    }
}
