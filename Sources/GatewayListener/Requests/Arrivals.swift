import NIOCore
import Synchronization

/// The requests of one connection on their way from its event loop to the one task that serves them, in order.
final class Arrivals: Sendable {
    private struct State {
        var queued = CircularBuffer<Arrival>()
        /// The task, if it waits; nothing is queued then. Whoever resumes it has taken it out of here before, under the
        /// lock, so that it is resumed once.
        var waiting: UnsafeContinuation<Arrival?, Never>?
        var isFinished = false
    }

    private let state = Mutex(State())

    /// After the end it is dropped.
    func add(_ arrival: Arrival) {
        let waiting = state.withLock { state -> UnsafeContinuation<Arrival?, Never>? in
            if let waiting = state.waiting {
                state.waiting = nil
                return waiting
            }
            if !state.isFinished { state.queued.append(arrival) }
            return nil
        }
        waiting?.resume(returning: arrival)
    }

    /// No request comes any more.
    func finish() {
        let waiting = state.withLock { state in
            state.isFinished = true
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume(returning: nil)
    }

    /// The next request; nil once the last one has been given. Only one task may ask.
    func next() async -> Arrival? {
        await withUnsafeContinuation { continuation in
            let known = state.withLock { state -> Arrival?? in
                if let arrival = state.queued.popFirst() { return .some(arrival) }
                if state.isFinished { return .some(nil) }
                state.waiting = continuation
                return nil
            }
            if let known { continuation.resume(returning: known) }
        }
    }
}
