import HTTPMessages
import NIOCore

/// One caller's exchange from the moment it asks for a connection to its single result. On one event loop only.
final class PendingExchange {
    /// Whether its answer has a head only.
    let asksForHead: Bool
    let deadline: NIODeadline
    var machine: ExchangeStateMachine
    /// Runs while the exchange stands in the queue.
    var queueTimer: Scheduled<Void>?

    /// Resumed by ``finish(_:)`` alone, once, since the machine settles once.
    private let continuation: UnsafeContinuation<ExchangeResult, Never>
    private var request = ByteBuffer()
    private var head: AnswerHead?
    private var body: [UInt8] = []

    init(
        asksForHead: Bool, deadline: NIODeadline, maximumBodyBytes: Int,
        continuation: UnsafeContinuation<ExchangeResult, Never>
    ) {
        self.asksForHead = asksForHead
        self.deadline = deadline
        self.machine = ExchangeStateMachine(maximumBodyBytes: maximumBodyBytes)
        self.continuation = continuation
    }

    /// The whole request, until it is sent.
    func keep(request: ByteBuffer) { self.request = request }

    /// The whole request, to be sent now. It is given once.
    func takeBytes() -> ByteBuffer {
        defer { request = ByteBuffer() }
        return request
    }

    func keep(_ head: AnswerHead) {
        self.head = head
        // What is announced is not there yet, and room for much of it is made when it comes.
        if let length = head.contentLength, length > 0 { body.reserveCapacity(min(length, 65536)) }
    }

    func keep(_ bytes: ByteBuffer) { bytes.withUnsafeReadableBytes { body.append(contentsOf: $0) } }

    /// Gives the caller its result, where the action is one. The machine settles once, so this resumes once.
    func finish(_ action: ExchangeStateMachine.Action) {
        switch action {
        case .reportNotSent(let failure):
            continuation.resume(returning: .notSent(failure))
        case .reportOutcomeUnknown(let failure):
            continuation.resume(returning: .outcomeUnknown(failure))
        case .deliver:
            let answer = UpstreamAnswer(
                status: head?.status ?? 0, headers: head?.fields ?? ReceivedFields(), body: body)
            continuation.resume(returning: .answered(answer))
        case .nothing, .write, .keep:
            return
        }
        queueTimer?.cancel()
        queueTimer = nil
        request = ByteBuffer()
        head = nil
        body = []
    }
}
