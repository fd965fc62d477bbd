/// Time that only goes forward, counted from when it was first asked about.
package enum Uptime {
    /// - Returns: milliseconds of the machine's own clock, which nobody sets.
    package static func clock() -> @Sendable () -> Int64 {
        let start = ContinuousClock.now
        return {
            let spent = (ContinuousClock.now - start).components
            return spent.seconds * 1_000 + spent.attoseconds / 1_000_000_000_000_000
        }
    }
}
