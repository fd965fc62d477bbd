import Synchronization

/// The port that a listener got, for whoever waits to know it.
final class BoundPort: Sendable {
    private enum State {
        case unknown([CheckedContinuation<Result<Int, ListenerError>, Never>])
        case known(Result<Int, ListenerError>)
    }

    private let state = Mutex(State.unknown([]))

    func wait() async throws(ListenerError) -> Int {
        let result = await withCheckedContinuation { continuation in
            let known: Result<Int, ListenerError>? = state.withLock { state in
                switch state {
                case .known(let result): return result
                case .unknown(let waiting):
                    state = .unknown(waiting + [continuation])
                    return nil
                }
            }
            if let known { continuation.resume(returning: known) }
        }
        return try result.get()
    }

    /// Whether there is a port, without waiting.
    var isKnown: Bool {
        state.withLock { state in
            guard case .known(.success) = state else { return false }
            return true
        }
    }

    /// Tells everyone. What was told first stands.
    func tell(_ result: Result<Int, ListenerError>) {
        let waiting = state.withLock { state in
            guard case .unknown(let waiting) = state else {
                return [CheckedContinuation<Result<Int, ListenerError>, Never>]()
            }
            state = .known(result)
            return waiting
        }
        for continuation in waiting { continuation.resume(returning: result) }
    }
}
