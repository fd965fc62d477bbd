import Synchronization

/// Something that happens once and that others wait for.
final class Signal: Sendable {
    private struct State {
        var happened = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var hasHappened: Bool { state.withLock { $0.happened } }

    func happen() {
        let waiting = state.withLock { state in
            state.happened = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let now = state.withLock { state in
                if !state.happened { state.waiting.append(continuation) }
                return state.happened
            }
            if now { continuation.resume() }
        }
    }
}

/// A list that several tasks write to.
final class Notes: Sendable {
    private let state = Mutex([String]())
    var all: [String] { state.withLock { $0 } }
    func add(_ note: String) { state.withLock { $0.append(note) } }
}
