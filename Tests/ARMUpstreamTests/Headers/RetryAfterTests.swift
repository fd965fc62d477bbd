import Foundation
import HTTPMessages
import Testing

@testable import ARMUpstream

@Suite("Retry-After")
struct RetryAfterTests {
    /// Sat, 21 Nov 2026 07:00:00 GMT
    private static let now = Date(timeIntervalSince1970: 1_795_244_400)

    struct Case: Sendable, CustomTestStringConvertible {
        var headers: [(String, String)]
        var seconds: Int?
        var testDescription: String { headers.map { "\($0.0): \($0.1)" }.joined(separator: ", ") }

        init(_ headers: [(String, String)], _ seconds: Int?) { (self.headers, self.seconds) = (headers, seconds) }
        init(_ value: String, _ seconds: Int?) { self.init([("Retry-After", value)], seconds) }
    }

    static let cases: [Case] = [
        Case([], nil), Case("30", 30), Case("017", 17), Case("0", 0), Case("86400", 86400), Case("86401", nil),
        Case("-1", nil), Case("+5", nil), Case("1.5", nil), Case("soon", nil), Case("", nil), Case("5, 6", nil),
        Case("99999999999999999999", nil), Case([("retry-after", "1"), ("retry-after", "2")], nil),
        // The three forms of a date.
        Case("Sat, 21 Nov 2026 07:01:30 GMT", 90), Case("Saturday, 21-Nov-26 07:01:30 GMT", 90),
        Case("Sat Nov 21 07:01:30 2026", 90), Case("Tue Dec  1 07:00:00 2026", 3600),
        Case("Sat, 21 Nov 2026 07:00:00 GMT", 1), Case("Sat, 21 Nov 2026 06:00:00 GMT", 1),
        Case("Sun, 06 Nov 1994 08:49:37 GMT", 1), Case("Sun Nov  6 08:49:37 1994", 1),
        Case("Sunday, 06-Nov-94 08:49:37 GMT", 1), Case("Fri, 31 Dec 2049 23:59:59 GMT", 3600),
        Case("Sat, 21 Nov 2026 07:01:30", nil), Case("Sat, 21 Nov 2026 07:01:30 CET", nil),
        Case("21 Nov 2026 07:01:30 GMT", nil), Case("Sat, 31 Nov 2026 07:01:30 GMT", nil),
        Case("Sat, 21 Nov 2026 25:01:30 GMT", nil), Case("Sat, 21 November 2026 07:01:30 GMT", nil),
        Case("2026-11-21T07:01:30Z", nil), Case("Sat, 21 Nov 26 07:01:30 GMT", nil),
        // Milliseconds, never less than asked for.
        Case([("retry-after-ms", "1500")], 2), Case([("x-ms-retry-after-ms", "1")], 1),
        Case([("retry-after-ms", "2000")], 2), Case([("retry-after-ms", "0")], 1),
        Case([("x-ms-retry-after-ms", "999999999")], 3600), Case([("retry-after-ms", "1e3")], nil),
        Case([("retry-after-ms", "99999999999")], nil), Case([("retry-after-ms", "1"), ("retry-after-ms", "2")], nil),
        // Several forms: the longest.
        Case([("Retry-After", "1"), ("x-ms-retry-after-ms", "4001")], 5),
        Case([("Retry-After", "9"), ("retry-after-ms", "10")], 9),
        Case([("Retry-After", "soon"), ("retry-after-ms", "10")], 1),
    ]

    @Test(arguments: cases)
    func reads(_ test: Case) {
        #expect(seconds(test.headers) == test.seconds)
    }

    private func seconds(_ headers: [(String, String)], now: Date = Self.now) -> Int? {
        AnswerFields(of: ReceivedFields(headers), status: 429) { now }.retryAfter
    }

    @Test func countsAPartOfASecondAsAWholeOne() {
        let headers = [("retry-after", "Sat, 21 Nov 2026 07:01:30 GMT")]
        #expect(seconds(headers, now: Self.now + 0.4) == 90)
        #expect(seconds(headers, now: Self.now + 1) == 89)
    }
}

@Suite("Dates in HTTP")
struct HTTPDateTests {
    private static let now: Int64 = 1_795_244_400

    /// Reckoned by Foundation's calendar.
    @Test func agreesWithACalendar() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        for day in stride(from: -25_000, through: 60_000, by: 13) {
            let moment = Date(timeIntervalSince1970: TimeInterval(day) * 86_400 + 12_345)
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: moment)
            func two(_ number: Int?) -> String { String((number ?? 0) + 100).suffix(2).description }
            let text =
                "Mon, \(two(parts.day)) \(months[(parts.month ?? 1) - 1]) \(parts.year ?? 0) "
                + "\(two(parts.hour)):\(two(parts.minute)):\(two(parts.second)) GMT"
            #expect(HTTPDate.seconds(text, now: Self.now) == Int64(moment.timeIntervalSince1970), "\(text)")
        }
    }

    @Test(arguments: [("26", 2026), ("75", 2075), ("76", 2076), ("77", 1977), ("99", 1999), ("00", 2000)])
    func twoDigitsMeanANearYear(_ short: String, _ year: Int) {
        let full = HTTPDate.seconds("Fri, 01 Jan \(year) 00:00:00 GMT", now: Self.now)
        #expect(full != nil)
        #expect(HTTPDate.seconds("Friday, 01-Jan-\(short) 00:00:00 GMT", now: Self.now) == full)
    }

    @Test func knowsLeapYears() {
        let dates = [
            ("29 Feb 2028", true), ("29 Feb 2027", false), ("29 Feb 2000", true), ("29 Feb 2100", false),
        ]
        for (date, isThere) in dates {
            #expect((HTTPDate.seconds("Mon, \(date) 00:00:00 GMT", now: Self.now) != nil) == isThere, "\(date)")
        }
    }
}
