/// Reads the three forms of a date in HTTP (RFC 9110 §5.6.7). Not with a formatter: those depend on locales and guess.
enum HTTPDate {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    private static let days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    /// Seconds since 1970, or nil for anything but a date. The day's name must be one, but not the right one.
    ///
    /// - Parameter now: seconds since 1970, since one form has two digits of the year only.
    static func seconds(_ text: String, now: Int64) -> Int64? {
        guard text.utf8.count <= 40 else { return nil }
        let words = text.utf8.split(separator: 0x20).map { String(Substring($0)) }
        switch words.count {
        case 6 where words[5] == "GMT" && self.days.contains { $0.prefix(3) + "," == words[0] }:
            return self.moment(year: self.number(words[3], 4), words[2], day: self.number(words[1], 2), words[4])
        case 5 where self.days.contains { $0.prefix(3) == words[0] }:
            let day = self.number(words[2], 1) ?? self.number(words[2], 2)
            return self.moment(year: self.number(words[4], 4), words[1], day: day, words[3])
        case 4 where words[3] == "GMT" && self.days.contains { $0 + "," == words[0] }:
            let date = self.parts(words[1], "-")
            guard date.count == 3, let short = self.number(date[2], 2) else { return nil }
            return self.moment(
                year: self.fullYear(short, now), date[1], day: self.number(date[0], 2), words[2])
        default: return nil
        }
    }

    /// The RFC's rule: what would be more than fifty years ahead is the most recent year that ends so.
    private static func fullYear(_ short: Int64, _ now: Int64) -> Int64 {
        // An average year is near enough for fifty of them.
        let current = 1970 + now / 31_556_952
        let year = current - current % 100 + short
        return year > current + 50 ? year - 100 : year
    }

    private static func moment(year: Int64?, _ month: String, day: Int64?, _ time: String) -> Int64? {
        let clock = self.parts(time, ":").map { self.number($0, 2) }
        guard let year, let day, let month = self.months.firstIndex(of: month).map({ Int64($0) + 1 }),
            clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
            year >= 1900, hour < 24, minute < 60, second <= 60, (1...self.length(ofMonth: month, year)).contains(day)
        else { return nil }
        return ((self.dayNumber(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
    }

    private static func length(ofMonth month: Int64, _ year: Int64) -> Int64 {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the Gregorian calendar, counted in years that begin with March.
    private static func dayNumber(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }

    private static func parts(_ text: String, _ separator: Unicode.Scalar) -> [String] {
        text.utf8.split(separator: UInt8(ascii: separator), omittingEmptySubsequences: false).map {
            String(Substring($0))
        }
    }

    /// Exactly so many decimal digits.
    private static func number(_ text: String, _ digits: Int) -> Int64? {
        guard text.utf8.count == digits, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int64(text)
    }
}
