import Synchronization
import Testing

@testable import ScriptFetching

/// A resolver that gives its answers one after the other, the last one for good, and counts the questions.
final class Lookups: Sendable {
    private let state: Mutex<(asked: [String], answers: [[IPAddress]])>

    init(_ answers: [String]...) throws {
        let addresses = try answers.map { try $0.map { try #require(IPAddress($0), "\($0)") } }
        self.state = Mutex(([], addresses))
    }

    var asked: [String] { self.state.withLock { $0.asked } }

    var resolver: HostResolver {
        HostResolver { name in
            self.state.withLock { state in
                state.asked.append(name)
                return state.answers.count > 1 ? state.answers.removeFirst() : state.answers.first ?? []
            }
        }
    }
}

/// A question that is answered only when the test says so.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func pass() async {
        await withCheckedContinuation { continuation in
            let isOpen = self.state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    var waiting: Int { self.state.withLock { $0.waiting.count } }

    func open() {
        let waiting = self.state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}
