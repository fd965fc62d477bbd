import SallyportCommand
import Testing

/// What the record tells of repeats, and of creations.
@Suite struct AuditRepeatTests {
    @Test(arguments: [(false, "repeatOf", "repeat of"), (true, "acknowledgedRequest", "again after")])
    func theEarlierRequestIsNamed(acknowledging: Bool, member: String, label: String) async throws {
        let record = try await RecordFixture.makeRepeat(acknowledging: acknowledging)
        let earlier = RecordFixture.earlierRequestID
        let shown = await sallyport("audit", "show", "1", "--database", record.path)
        #expect(shown.status == .success)
        #expect(
            shown.lines.contains { $0.hasPrefix("  \(member) ") && $0.hasSuffix("  \(earlier)") }, "\(shown.output)")
        let table = await sallyport("audit", "list", "--database", record.path)
        #expect(table.output.contains("web-report (\(label) \(earlier))"), "\(table.output)")
        let json = await sallyport("audit", "list", "--database", record.path, "--format", "json")
        #expect(json.output.contains(#""\#(member)":"\#(earlier)""#))
        let csv = await sallyport("audit", "list", "--database", record.path, "--format", "csv")
        let (heading, row) = (csv.lines[0].split(separator: ",", omittingEmptySubsequences: false), csv.lines[1])
        let place = try #require(heading.firstIndex { $0 == member })
        #expect(row.split(separator: ",", omittingEmptySubsequences: false)[place] == earlier)
        let verified = await sallyport("audit", "verify", "--database", record.path)
        #expect(verified.status == .success)
    }

    @Test func aFetchedScriptIsShownWithItsAddress() async throws {
        let record = try await RecordFixture.makeRepeat(acknowledging: false)
        let shown = await sallyport("audit", "show", "1", "--database", record.path)
        for line in [
            "    2 | echo ORIGINAL\\r", "  scriptURI", "  location             westus", "    - team = web",
            "    - properties.instanceView",
        ] { #expect(shown.lines.contains(line), "\(line) in\n\(shown.output)") }
        #expect(shown.output.contains("https://scripts.example/report.sh"))
        #expect(shown.output.contains("(redacted, fingerprint "))
        #expect(!shown.output.contains("canary"))
        let csv = await sallyport("audit", "list", "--database", record.path, "--format", "csv")
        #expect(csv.output.contains(",https://scripts.example/report.sh,"))
    }
}
