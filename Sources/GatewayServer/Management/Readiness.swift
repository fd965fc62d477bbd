import Synchronization

/// Whether the gateway may be sent requests, and if not, what is missing.
final class Readiness: Sendable {
    private let draining = Atomic(false)
    private let checks: [(name: String, isGood: @Sendable () -> Bool)]

    init(checks: [(name: String, isGood: @Sendable () -> Bool)]) { self.checks = checks }

    /// A stop has begun: readiness goes first, before anything else ends.
    func beginDraining() { self.draining.store(true, ordering: .releasing) }

    var missing: [String] {
        var missing = self.checks.filter { !$0.isGood() }.map(\.name)
        if self.draining.load(ordering: .acquiring) { missing.append("stopping") }
        return missing
    }
}
