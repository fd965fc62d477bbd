/// RFC 3339 text in UTC with milliseconds, as every time of the record is written.
package enum Timestamp {
    /// - Parameter milliseconds: since 1970; a clock that stands before it counts as 1970.
    package static func text(milliseconds: Int64) -> String {
        String(unsafeUninitializedCapacity: self.length) { out in
            self.write(milliseconds: milliseconds, to: out)
            return self.length
        }
    }

    /// Bytes of such a text, all ASCII.
    static let length = 24

    /// Writes the bytes of ``text(milliseconds:)``.
    /// - Parameter out: room for ``length`` bytes.
    static func write(milliseconds: Int64, to out: UnsafeMutableBufferPointer<UInt8>) {
        let (days, rest) = max(0, milliseconds).quotientAndRemainder(dividingBy: 86_400_000)
        // Days to a civil date, counting years from March so that a leap day comes last.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthIndex + 2) / 5 + 1
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        /// A part's digits, and the mark behind them.
        func write(_ part: Int64, _ places: Range<Int>, _ mark: Unicode.Scalar) {
            var rest = part
            for place in places.reversed() {
                out[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            }
            out[places.upperBound] = UInt8(ascii: mark)
        }
        write(year, 0..<4, "-")
        write(month, 5..<7, "-")
        write(day, 8..<10, "T")
        write(rest / 3_600_000, 11..<13, ":")
        write(rest / 60_000 % 60, 14..<16, ":")
        write(rest / 1_000 % 60, 17..<19, ".")
        write(rest % 1_000, 20..<23, "Z")
    }

    /// The milliseconds since 1970 of a text that ``text(milliseconds:)`` makes; `nil` for any other.
    package static func milliseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard bytes.count == 24 else { return nil }
        func number(_ range: Range<Int>) -> Int64? {
            bytes[range].reduce(0 as Int64?) { value, byte in
                guard let value, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
                return value * 10 + Int64(byte - UInt8(ascii: "0"))
            }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
            let fraction = number(20..<23), (1970...9999).contains(year)
        else { return nil }
        // Days of a civil date, counting years from March so that a leap day comes last.
        let shiftedYear = month <= 2 ? year - 1 : year
        let yearOfEra = shiftedYear % 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = shiftedYear / 400 * 146_097 + dayOfEra - 719_468
        let milliseconds = days * 86_400_000 + hour * 3_600_000 + minute * 60_000 + second * 1_000 + fraction
        // Written again it must be the same: no 31st of February, no other separators.
        return Self.text(milliseconds: milliseconds) == text ? milliseconds : nil
    }
}
