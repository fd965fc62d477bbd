import ArgumentParser

/// A moment on the command line: `2026-11-20`, `2026-11-20T08:00Z`, `2026-11-20T08:00:00.000+01:00`, or so long ago:
/// `90s`, `15m`, `24h`, `7d`.
enum PointInTime: ExpressibleByArgument, Hashable {
    /// Milliseconds since 1970.
    case at(Int64)
    /// Milliseconds before now.
    case ago(Int64)

    init?(argument: String) {
        if let ago = Self.duration(argument) {
            self = .ago(ago)
        } else if let milliseconds = Self.moment(argument) {
            self = .at(milliseconds)
        } else {
            return nil
        }
    }

    func milliseconds(now: Int64) -> Int64 {
        switch self {
        case .at(let milliseconds): milliseconds
        case .ago(let milliseconds): now - milliseconds
        }
    }

    private static func duration(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]
        guard let last = text.last, let unit = units[last] else { return nil }
        guard let count = Self.number(text.utf8.dropLast()), count <= 1_000_000 else { return nil }
        return count * unit
    }

    /// RFC 3339, with seconds and their fraction optional. A time of day needs its zone: guessing one would silently
    /// leave rows out.
    private static func moment(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = Self.number(bytes[0..<4]), year >= 1970, let month = Self.number(bytes[5..<7]),
            let day = Self.number(bytes[8..<10]), let days = Self.days(year, month, day)
        else { return nil }
        let date = days * 86_400_000
        if bytes.count == 10 { return date }
        guard bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " ") else { return nil }
        guard let (time, zone) = Self.timeAndZone(bytes[11...]), let shift = Self.shift(zone) else { return nil }
        return date + time - shift
    }

    private static func timeAndZone(_ bytes: ArraySlice<UInt8>) -> (Int64, ArraySlice<UInt8>)? {
        let end = bytes.firstIndex { "Zz+-".utf8.contains($0) } ?? bytes.endIndex
        let parts = bytes[..<end].split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), parts[0].count == 2, parts[1].count == 2,
            let hour = Self.number(parts[0]), hour < 24, let minute = Self.number(parts[1]), minute < 60
        else { return nil }
        var time = hour * 3_600_000 + minute * 60_000
        if parts.count == 3 {
            let halves = parts[2].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            guard (1...2).contains(halves.count), halves[0].count == 2, let second = Self.number(halves[0]), second < 60
            else { return nil }
            time += second * 1000
            if halves.count == 2 {
                // Of `.5` or `.500000000` the first three digits are milliseconds.
                guard let digits = Self.number(halves[1]) else { return nil }
                let places = halves[1].count
                time +=
                    (0..<max(0, 3 - places)).reduce(digits) { value, _ in value * 10 }
                    / (3..<max(3, places)).reduce(1) { value, _ in value * 10 }
            }
        }
        return (time, bytes[end...])
    }

    /// Milliseconds by which the zone's clocks are ahead of UTC.
    private static func shift(_ zone: ArraySlice<UInt8>) -> Int64? {
        if zone.elementsEqual("Z".utf8) || zone.elementsEqual("z".utf8) { return 0 }
        let bytes = Array(zone)
        guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"), let hours = Self.number(bytes[1..<3]), hours < 24,
            let minutes = Self.number(bytes[4..<6]), minutes < 60
        else { return nil }
        let shift = hours * 3_600_000 + minutes * 60_000
        return bytes[0] == UInt8(ascii: "+") ? shift : -shift
    }

    /// Days since 1970-01-01 of a date of the Gregorian calendar; nil for one that does not exist.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64? {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1...12).contains(month), (1...lengths[Int(month) - 1]).contains(day) else { return nil }
        let before = year - 1
        let years = before * 365 + before / 4 - before / 100 + before / 400
        return years - 719_162 + lengths[..<(Int(month) - 1)].reduce(0, +) + day - 1
    }

    /// Decimal digits only.
    private static func number(_ bytes: some Collection<UInt8>) -> Int64? {
        guard !bytes.isEmpty, bytes.count <= 9 else { return nil }
        var value: Int64 = 0
        for byte in bytes {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        return value
    }
}
