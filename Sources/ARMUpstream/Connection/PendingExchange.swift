import NIOCore
import NIOHTTP1

/// One caller's exchange from the moment it asks for a connection to its single result. On one event loop only.
final class PendingExchange {
    let request: UpstreamRequest
    let deadline: NIODeadline
    var machine: ExchangeStateMachine
    /// Runs while the exchange stands in the queue.
    var queueTimer: Scheduled<Void>?

    private let continuation: CheckedContinuation<ExchangeResult, Never>
    private var head: HTTPResponseHead?
    private var body: ByteBuffer?

    init(
        request: UpstreamRequest, deadline: NIODeadline, maximumBodyBytes: Int,
        continuation: CheckedContinuation<ExchangeResult, Never>
    ) {
        self.request = request
        self.deadline = deadline
        self.machine = ExchangeStateMachine(maximumBodyBytes: maximumBodyBytes)
        self.continuation = continuation
    }

    func keep(_ head: HTTPResponseHead) { self.head = head }

    func keep(_ bytes: ByteBuffer) {
        if body == nil {
            body = bytes
        } else {
            body?.writeImmutableBuffer(bytes)
        }
    }

    /// Gives the caller its result, where the action is one. The machine settles once, so this resumes once.
    func finish(_ action: ExchangeStateMachine.Action) {
        switch action {
        case .reportNotSent(let failure):
            continuation.resume(returning: .notSent(failure))
        case .reportOutcomeUnknown(let failure):
            continuation.resume(returning: .outcomeUnknown(failure))
        case .deliver:
            let answer = UpstreamAnswer(
                status: Int(head?.status.code ?? 0), headers: UpstreamHeaders(head?.headers ?? [:]),
                body: body.map { Array($0.readableBytesView) } ?? [])
            continuation.resume(returning: .answered(answer))
        case .nothing, .write, .keep:
            return
        }
        queueTimer?.cancel()
        queueTimer = nil
        head = nil
        body = nil
    }
}
