import Foundation

/// How long ARM asks to wait.
///
/// ARM itself writes whole seconds (facts §9); other services of Azure also a date or milliseconds, which its SDKs read
/// as well. Clients of the gateway get whole seconds in any case.
struct RetryAfter {
    /// The longest wait that is believed where ARM writes seconds.
    static let longest = 86400
    /// The longest wait made from a date or from milliseconds: a date is only as good as both clocks.
    static let longestConverted = 3600

    /// `retry-after`
    var plain = SingleValue()
    /// `retry-after-ms`
    var milliseconds = SingleValue()
    /// `x-ms-retry-after-ms`
    var sdkMilliseconds = SingleValue()

    /// Whole seconds; nil where ARM says nothing, says it twice, or says nothing readable. Of several forms the
    /// longest wait counts, since a request that comes early is refused and starts a new wait.
    ///
    /// - Parameter now: what dates are relative to.
    func seconds(now: () -> Date) -> Int? {
        let waits = [
            plain.only.flatMap { Self.number($0, upTo: Self.longest) ?? Self.untilDate($0, now()) },
            Self.wait(milliseconds), Self.wait(sdkMilliseconds),
        ]
        return waits.lazy.compactMap { $0 }.max()
    }

    private static func wait(_ milliseconds: SingleValue) -> Int? {
        milliseconds.only.flatMap { number($0, upTo: 1_000_000_000) }.map { converted(($0 + 999) / 1000) }
    }

    private static func untilDate(_ text: String, _ now: Date) -> Int? {
        let present = now.timeIntervalSince1970
        guard let moment = HTTPDate.seconds(text, now: Int64(present)) else { return nil }
        return converted(Int((Double(moment) - present).rounded(.up)))
    }

    /// Never zero: what is over by our clock need not be by ARM's.
    private static func converted(_ seconds: Int) -> Int { min(max(seconds, 1), longestConverted) }

    private static func number(_ text: String, upTo limit: Int) -> Int? {
        guard (1...10).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text), number <= limit
        else { return nil }
        return number
    }
}
