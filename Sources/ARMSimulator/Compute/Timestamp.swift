import Foundation

/// Times as ARM writes them: seven digits after the second, and the offset of UTC.
enum Timestamp {
    static func text(_ date: Date) -> String {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        let ticks = Int((date.timeIntervalSince1970 - seconds) * 10_000_000)
        return Self.calendarText(Int(seconds), "%Y-%m-%dT%H:%M:%S.") + Self.padded(ticks, 7) + "+00:00"
    }

    /// `yyyyMMddTHHmmssZ`.
    static func compact(_ date: Date) -> String {
        Self.calendarText(Int(date.timeIntervalSince1970), "%Y%m%dT%H%M%SZ")
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    private static func calendarText(_ seconds: Int, _ format: String) -> String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        var buffer = [CChar](repeating: 0, count: 64)
        let length = strftime(&buffer, buffer.count, format, &parts)
        return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
