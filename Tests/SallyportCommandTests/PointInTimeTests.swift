import Testing

@testable import SallyportCommand

@Suite struct PointInTimeTests {
    @Test(
        arguments: [
            ("1970-01-01", 0), ("2027-01-15", 1_799_971_200_000), ("2027-01-15T08:00Z", 1_800_000_000_000),
            ("2027-01-15T08:00:00Z", 1_800_000_000_000), ("2027-01-15 08:00:00.5z", 1_800_000_000_500),
            ("2027-01-15T08:00:00.1239Z", 1_800_000_000_123), ("2027-01-15T08:00:00.007Z", 1_800_000_000_007),
            ("2027-01-15T09:30:00+01:30", 1_800_000_000_000), ("2027-01-15T02:00:00-06:00", 1_800_000_000_000),
            ("2000-02-29", 951_782_400_000), ("2024-03-01", 1_709_251_200_000),
        ] as [(String, Int64)])
    func moments(text: String, milliseconds: Int64) {
        #expect(PointInTime(argument: text) == .at(milliseconds))
    }

    @Test(
        arguments: [
            ("90s", 90_000), ("15m", 900_000), ("24h", 86_400_000), ("7d", 604_800_000),
        ] as [(String, Int64)])
    func ages(text: String, milliseconds: Int64) {
        #expect(PointInTime(argument: text) == .ago(milliseconds))
        #expect(PointInTime(argument: text)?.milliseconds(now: 1_000_000_000) == 1_000_000_000 - milliseconds)
    }

    @Test(arguments: [
        "", "now", "7", "-7d", "7w", "1969-12-31", "2027-02-29", "2100-02-29", "2027-13-01", "2027-1-1", "20270115",
        "2027-01-15T", "2027-01-15T08:00", "2027-01-15T08:00:00", "2027-01-15T24:00Z", "2027-01-15T08:60Z",
        "2027-01-15T08:00:60Z", "2027-01-15T08:00:00.Z", "2027-01-15T08:00:00,5Z", "2027-01-15T08:00:00+0100",
        "2027-01-15T08:00:00Z ", "2027-01-15Z", "9999999999d",
    ])
    func refused(text: String) {
        #expect(PointInTime(argument: text) == nil)
    }
}
