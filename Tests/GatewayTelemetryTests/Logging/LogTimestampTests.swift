import Foundation
import GatewayTelemetry
import Testing

@Suite("Times of log lines")
struct LogTimestampTests {
    @Test func agreesWithTheCalendar() throws {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        // Ends of months, leap days, a century without and one with one, each to the millisecond around midnight.
        var moments: [Int64] = [0, 1, 999, 951_782_400_000, 1_709_164_800_000, 4_107_542_400_000, 13_569_465_600_000]
        for day in stride(from: Int64(0), to: 60_000, by: 37) {
            moments.append(contentsOf: [day * 86_400_000, day * 86_400_000 - 1, day * 86_400_000 + 45_296_789])
        }
        for moment in moments where moment >= 0 {
            // Half a millisecond more: the style cuts a Double that may stand just below.
            let date = Date(timeIntervalSince1970: (Double(moment) + 0.5) / 1_000)
            #expect(LogTimestamp(millisecondsSince1970: moment).text == date.formatted(style))
        }
    }

    @Test func goesBackBefore1970() {
        #expect(LogTimestamp(millisecondsSince1970: -1).text == "1969-12-31T23:59:59.999Z")
    }

    @Test func nowIsNow() {
        let before = Int64(Date().timeIntervalSince1970 * 1_000) - 1
        let now = LogTimestamp.now().millisecondsSince1970
        #expect(now >= before && now <= Int64(Date().timeIntervalSince1970 * 1_000) + 1)
    }
}
