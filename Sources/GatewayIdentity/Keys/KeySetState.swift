/// What is known of one key set and when it was asked for; decides when to load, without a clock and without I/O.
///
/// Times are readings of one monotonic clock, as durations since any fixed point.
struct KeySetState: Sendable {
    private(set) var set: KeySet?
    private(set) var loadedAt: Duration?
    private(set) var lastFailure: KeySetFailure?
    private var failedAt: Duration?
    private var unknownKeyAt: Duration?
    let timings: KeySetTimings

    init(timings: KeySetTimings) { self.timings = timings }

    enum Need: Equatable {
        /// The set at hand serves.
        case nothing
        /// The set at hand serves; load a newer one without making anybody wait.
        case refresh
        /// Nothing serves until a load succeeds.
        case load
        /// Nothing serves, and a load has just failed.
        case unavailable
    }

    /// Drops a set that nobody could confirm for too long, with every token that was verified with it.
    mutating func need(at now: Duration) -> Need {
        if let loadedAt, now - loadedAt >= self.timings.keep {
            self.set?.retireAll()
            self.set = nil
            self.loadedAt = nil
        }
        let mayTry = self.failedAt.map { now - $0 >= self.timings.retry } ?? true
        guard let loadedAt else { return mayTry ? .load : .unavailable }
        return now - loadedAt >= self.timings.refresh && mayTry ? .refresh : .nothing
    }

    /// Whether an unknown `kid` may cause a load now; if so, the next may not for a while.
    mutating func takeUnknownKeyTurn(at now: Duration) -> Bool {
        if let unknownKeyAt, now - unknownKeyAt < self.timings.unknownKey { return false }
        self.unknownKeyAt = now
        return true
    }

    /// - Returns: whether the keys differ from those before.
    mutating func loaded(_ new: KeySet, at now: Duration) -> Bool {
        var new = new
        if let old = self.set { new.supersede(old) }
        let areOthers = self.set?.identities != new.identities
        self.set = new
        self.loadedAt = now
        self.lastFailure = nil
        self.failedAt = nil
        return areOthers
    }

    /// - Returns: whether that is another failure than before.
    mutating func failed(_ failure: KeySetFailure, at now: Duration) -> Bool {
        let isNew = self.lastFailure != failure
        self.lastFailure = failure
        self.failedAt = now
        return isNew
    }
}
