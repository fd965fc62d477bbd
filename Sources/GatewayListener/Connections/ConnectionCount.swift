import Synchronization

/// How many connections are open over all event loops, and what was turned away.
package final class ConnectionCount: Sendable {
    private let limit: Int
    private let current = Atomic(0)
    private let turnedAway = Atomic(0)
    private let refusals = Atomic(0)

    init(limit: Int) { self.limit = limit }

    /// Connections open now.
    package var openNow: Int { current.load(ordering: .relaxed) }

    /// Connections closed at once because too many were open, since the start.
    package var turnedAwaySoFar: Int { turnedAway.load(ordering: .relaxed) }

    /// Requests refused before any handler saw them, since the start.
    package var refusedSoFar: Int { refusals.load(ordering: .relaxed) }

    /// Counts one more, unless that would be one too many.
    func open() -> Bool {
        if current.add(1, ordering: .relaxed).newValue <= limit { return true }
        current.subtract(1, ordering: .relaxed)
        turnedAway.add(1, ordering: .relaxed)
        return false
    }

    func closed() { current.subtract(1, ordering: .relaxed) }

    func refused() { refusals.add(1, ordering: .relaxed) }
}
