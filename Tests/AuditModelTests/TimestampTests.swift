import AuditModel
import Testing

@Suite struct TimestampTests {
    /// From Python's `datetime`.
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (1, "1970-01-01T00:00:00.001Z"),
        (31_535_999_999, "1970-12-31T23:59:59.999Z"), (68_212_800_001, "1972-02-29T12:00:00.001Z"),
        (946_684_799_999, "1999-12-31T23:59:59.999Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
        (1_677_628_799_999, "2023-02-28T23:59:59.999Z"), (1_709_212_455_016, "2024-02-29T13:14:15.016Z"),
        (1_735_603_200_000, "2024-12-31T00:00:00.000Z"), (1_795_194_184_005, "2026-11-20T17:03:04.005Z"),
        (2_147_483_648_000, "2038-01-19T03:14:08.000Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
        (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (13_574_563_200_000, "2400-02-29T00:00:00.000Z"),
        (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (-1, "1970-01-01T00:00:00.000Z"),
        (Int64.min, "1970-01-01T00:00:00.000Z"),
    ])
    func knownAnswers(_ milliseconds: Int64, _ text: String) {
        #expect(Timestamp.text(milliseconds: milliseconds) == text)
    }

    @Test func everyDayOfTwoCenturiesFollowsTheOneBefore() {
        var (year, month, day) = (1970, 1, 1)
        for count in 0..<Int64(80_000) {
            let expected = [(year, 4), (month, 2), (day, 2)].map { number, width in
                String(repeating: "0", count: width - String(number).count) + String(number)
            }.joined(separator: "-")
            guard Timestamp.text(milliseconds: count * 86_400_000 + 43_200_000) == expected + "T12:00:00.000Z" else {
                Issue.record("day \(count) is not \(expected)")
                return
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let length = month == 2 ? (isLeap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
            day += 1
            if day > length { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
    }

    @Test func aTextIsReadBack() {
        var generator = SystemRandomNumberGenerator()
        let edges: [Int64] = [0, 951_782_399_999, 951_868_800_000, 4_107_542_399_999, 253_402_300_799_999]
        for milliseconds in edges
            + (0..<2000).map({ _ in Int64.random(in: 0...253_402_300_799_999, using: &generator) })
        {
            #expect(Timestamp.milliseconds(Timestamp.text(milliseconds: milliseconds)) == milliseconds)
        }
    }

    @Test(arguments: [
        "", "2027-01-15T08:00:02Z", "2027-01-15 08:00:02.000Z", "2027-02-29T08:00:02.000Z", "2027-01-15T24:00:00.000Z",
        "2027-13-15T08:00:02.000Z", "2027-01-15T08:00:02.000z", "2027-01-15T08:00:02,000Z", "0000-01-15T08:00:02.000Z",
        "2027-01-00T08:00:02.000Z", "+027-01-15T08:00:02.000Z",
    ])
    func anotherTextIsNotRead(text: String) { #expect(Timestamp.milliseconds(text) == nil) }
}
