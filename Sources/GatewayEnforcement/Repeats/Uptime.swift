#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Time that only goes forward, counted from when it was first asked about.
package enum Uptime {
    /// - Returns: milliseconds of the machine's own clock, which nobody sets.
    package static func clock() -> @Sendable () -> Int64 {
        let start = Self.nanoseconds()
        return { (Self.nanoseconds() - start) / 1_000_000 }
    }

    /// Since some moment before the process began; also counts while the machine sleeps, as `ContinuousClock` does.
    /// A number, since each request asks several times and the parts of a `Duration` take divisions of 128 bits.
    static func nanoseconds() -> Int64 {
        var time = timespec()
        // Fails only for a clock that the system does not have.
        _ = clock_gettime(Self.clockID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    #if canImport(Darwin)
        private static var clockID: clockid_t { CLOCK_MONOTONIC_RAW }
    #else
        private static var clockID: clockid_t { CLOCK_BOOTTIME }
    #endif
}
