import Synchronization

/// How many fetches run, and whether new ones may.
final class FetchSlots: Sendable {
    private struct State: Sendable {
        var running = 0
        var isStopping = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let maximum: Int

    init(maximum: Int) { self.maximum = maximum }

    /// Each success is to be followed by one ``leave()``.
    func enter() throws(FetchRefusal) {
        let refusal: FetchRefusal? = self.state.withLock { state in
            if state.isStopping { return FetchRefusal(.shuttingDown) }
            if state.running >= self.maximum { return FetchRefusal(.busy) }
            state.running += 1
            return nil
        }
        if let refusal { throw refusal }
    }

    func leave() {
        let waiting = self.state.withLock { state in
            state.running -= 1
            guard state.running == 0 else { return [CheckedContinuation<Void, Never>]() }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Lets nobody in any more, and returns when nobody is left.
    func stop() async {
        await withCheckedContinuation { continuation in
            let isIdle = self.state.withLock { state in
                state.isStopping = true
                if state.running > 0 { state.waiting.append(continuation) }
                return state.running == 0
            }
            if isIdle { continuation.resume() }
        }
    }
}
