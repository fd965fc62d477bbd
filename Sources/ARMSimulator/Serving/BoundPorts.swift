import Synchronization

/// The ports of both listeners, for those who wait for them.
final class BoundPorts: Sendable {
    private struct State {
        var https: Int?
        var identity: Int?
        var isStopped = false
        var waiting: [CheckedContinuation<Simulator.Ports, any Error>] = []

        var outcome: Result<Simulator.Ports, any Error>? {
            if let https, let identity { return .success(Simulator.Ports(https: https, identity: identity)) }
            return self.isStopped ? .failure(SimulatorError.notRunning) : nil
        }
    }

    private let state = Mutex(State())

    func set(_ listener: SimulatorResponder.Listener, _ port: Int) {
        self.change { state in
            switch listener {
            case .main: state.https = port
            case .identity: state.identity = port
            }
        }
    }

    func stop() { self.change { $0.isStopped = true } }

    func wait() async throws -> Simulator.Ports {
        try await withCheckedThrowingContinuation { continuation in
            let outcome = self.state.withLock { state in
                let outcome = state.outcome
                if outcome == nil { state.waiting.append(continuation) }
                return outcome
            }
            if let outcome { continuation.resume(with: outcome) }
        }
    }

    private func change(_ body: (inout State) -> Void) {
        let (waiting, outcome) = self.state.withLock { state in
            body(&state)
            guard let outcome = state.outcome else {
                return ([CheckedContinuation<Simulator.Ports, any Error>](), Result<Simulator.Ports, any Error>?.none)
            }
            let waiting = state.waiting
            state.waiting = []
            return (waiting, outcome)
        }
        guard let outcome else { return }
        for continuation in waiting { continuation.resume(with: outcome) }
    }
}
