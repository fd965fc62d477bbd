import AuditModel

/// Times as Azure writes them: RFC 3339 with any number of decimals (some agents write seven), in UTC or with an
/// offset.
enum ServiceTime {
    /// - Returns: since 1970, rounded down; `nil` for any other text.
    static func milliseconds(_ text: String) -> Int64? {
        let bytes = Array(text.utf8)
        guard (20...40).contains(bytes.count), bytes[10] == UInt8(ascii: "T") else { return nil }
        var rest = bytes[19...]
        var decimals: [UInt8] = []
        if rest.first == UInt8(ascii: ".") {
            decimals = Array(rest.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            guard !decimals.isEmpty else { return nil }
            rest = rest.dropFirst(1 + decimals.count)
        }
        guard let offset = Self.offsetMinutes(Array(rest)) else { return nil }
        let fraction = (decimals + Array("000".utf8)).prefix(3)
        let utc = bytes[..<19] + [UInt8(ascii: ".")] + fraction + [UInt8(ascii: "Z")]
        let normal = String(decoding: utc, as: UTF8.self)
        // What is not a date (day 31 of February) does not come back as it was.
        guard let time = Timestamp.milliseconds(normal), Timestamp.text(milliseconds: time) == normal else {
            return nil
        }
        return time - offset * 60_000
    }

    private static func offsetMinutes(_ bytes: [UInt8]) -> Int64? {
        if bytes == [UInt8(ascii: "Z")] { return 0 }
        guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"), let sign = bytes.first,
            sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
            let hours = Self.number(bytes[1...2]), let minutes = Self.number(bytes[4...5]), hours < 24, minutes < 60
        else { return nil }
        return (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 60 + minutes)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            ? digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) } : nil
    }
}
