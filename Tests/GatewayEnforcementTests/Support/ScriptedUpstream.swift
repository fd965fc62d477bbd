import GatewayEnforcement
import Synchronization

/// Answers from a list, in order, and remembers what it was sent.
final class ScriptedUpstream: Upstream {
    struct Sent: Sendable {
        var method: String
        var target: String
        var body: String?
        var index: Int64
    }

    private let state: Mutex<(results: [UpstreamResult], sent: [Sent])>

    init(_ results: [UpstreamResult] = []) { self.state = Mutex((results, [])) }

    var sent: [Sent] { self.state.withLock { $0.sent } }
    func add(_ result: UpstreamResult) { self.state.withLock { $0.results.append(result) } }

    func send(_ request: PermittedRequest) async -> UpstreamResult {
        self.state.withLock { state in
            state.sent.append(
                Sent(
                    method: request.method, target: request.target,
                    body: request.body.map { String(decoding: $0, as: UTF8.self) }, index: request.index.value))
            return state.results.isEmpty ? .notSent("nothing scripted") : state.results.removeFirst()
        }
    }
}
