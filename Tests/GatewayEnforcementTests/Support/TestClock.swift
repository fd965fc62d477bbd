import Synchronization

/// A clock that stands until it is moved, and waits that end when they are told to.
final class TestClock: Sendable {
    private struct State {
        var milliseconds: Int64 = 1_800_000_000_000
        var uptimeMilliseconds: Int64 = 5_000
        var isOver = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var milliseconds: Int64 { self.state.withLock(\.milliseconds) }
    var uptimeMilliseconds: Int64 { self.state.withLock(\.uptimeMilliseconds) }
    func move(seconds: Int) {
        self.state.withLock {
            $0.milliseconds += Int64(seconds) * 1_000
            $0.uptimeMilliseconds += Int64(seconds) * 1_000
        }
    }

    /// Somebody sets the wall clock.
    func step(seconds: Int) { self.state.withLock { $0.milliseconds += Int64(seconds) * 1_000 } }

    func pause() async {
        await withCheckedContinuation { continuation in
            let isOver = self.state.withLock { state in
                if !state.isOver { state.waiting.append(continuation) }
                return state.isOver
            }
            if isOver { continuation.resume() }
        }
    }

    /// Every wait is over, those to come too.
    func endWaits() {
        let waiting = self.state.withLock { state in
            state.isOver = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
