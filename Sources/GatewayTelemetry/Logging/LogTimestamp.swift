#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// A moment as log lines show it: RFC 3339, UTC, milliseconds (`2026-11-20T09:05:03.042Z`).
package struct LogTimestamp: Sendable, Hashable {
    package let millisecondsSince1970: Int64

    package init(millisecondsSince1970: Int64) { self.millisecondsSince1970 = millisecondsSince1970 }

    /// The wall clock's.
    package static func now() -> LogTimestamp {
        var time = timespec()
        guard clock_gettime(CLOCK_REALTIME, &time) == 0 else { return LogTimestamp(millisecondsSince1970: 0) }
        return LogTimestamp(millisecondsSince1970: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }

    package var text: String {
        let (days, milliseconds) = Self.floorDivided(self.millisecondsSince1970, by: 86_400_000)
        let (year, month, day) = Self.civil(daysSince1970: days)
        let seconds = milliseconds / 1_000
        let date = "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
        let clock =
            "\(Self.padded(seconds / 3_600, 2)):\(Self.padded(seconds / 60 % 60, 2)):\(Self.padded(seconds % 60, 2))"
        return "\(date)T\(clock).\(Self.padded(milliseconds % 1_000, 3))Z"
    }

    /// The Gregorian date. Years are counted from March, so that the leap day comes last and months have a formula.
    private static func civil(daysSince1970: Int64) -> (year: Int64, month: Int64, day: Int64) {
        // 719 468 days lie between 0000-03-01 and 1970-01-01; 146 097 are four hundred years.
        let (era, dayOfEra) = Self.floorDivided(daysSince1970 + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
    }

    private static func floorDivided(_ value: Int64, by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
