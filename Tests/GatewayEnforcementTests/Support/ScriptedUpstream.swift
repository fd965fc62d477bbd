import AuditModel
import GatewayEnforcement
import Synchronization

/// Answers from a list, in order, and remembers what it was sent and what was on record at that moment.
final class ScriptedUpstream: Upstream {
    struct Sent: Sendable {
        var method: String
        var target: String
        var body: String?
        var index: Int64
        var correlationID: String
        var clientRequestID: String?
        /// The event of the row that permits it, as the record had it when this was sent.
        var permittedBy: String?
    }

    private struct State {
        var results: [UpstreamResult]
        var sent: [Sent] = []
        var hook: (@Sendable () async -> Void)?
        var fallback: @Sendable (Sent) -> UpstreamResult = { _ in .notSent("nothingScripted") }
    }

    private let state: Mutex<State>
    private let log: MemoryAuditLog?
    /// How often a send gives way to others, so that calls that may run beside each other do.
    private let yields: Int

    init(_ results: [UpstreamResult] = [], log: MemoryAuditLog? = nil, yields: Int = 0) {
        self.state = Mutex(State(results: results))
        self.log = log
        self.yields = yields
    }

    var sent: [Sent] { self.state.withLock { $0.sent } }
    func add(_ results: UpstreamResult...) { self.state.withLock { $0.results.append(contentsOf: results) } }

    /// What is answered when the list is used up.
    func afterwards(_ answer: @escaping @Sendable (Sent) -> UpstreamResult) {
        self.state.withLock { $0.fallback = answer }
    }

    /// Something that happens elsewhere while the next request is on its way.
    func whileSending(_ hook: @escaping @Sendable () async -> Void) { self.state.withLock { $0.hook = hook } }

    func send(_ request: PermittedRequest) async -> UpstreamResult {
        let entries = self.log?.entries ?? []
        let place = Int(request.index.value) - 1
        let sent = Sent(
            method: request.method, target: request.target,
            body: request.body.map { String(decoding: $0, as: UTF8.self) }, index: request.index.value,
            correlationID: request.context.correlationID, clientRequestID: request.context.clientRequestID,
            permittedBy: entries.indices.contains(place) ? entries[place].event.rawValue : nil)
        let (result, hook) = self.state.withLock { state in
            state.sent.append(sent)
            defer { state.hook = nil }
            return (state.results.isEmpty ? state.fallback(sent) : state.results.removeFirst(), state.hook)
        }
        await hook?()
        for _ in 0..<self.yields { await Task.yield() }
        return result
    }
}
