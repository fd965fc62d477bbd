import SallyportCommand
import Testing

@Suite struct AuditShowTests {
    @Test func oneRowInFull() async throws {
        let record = try await RecordFixture.make()
        let run = await sallyport("audit", "show", "2", "--database", record.path)
        #expect(run.status == .success)
        #expect(run.errors == "")
        for line in [
            "Row 2  decision  2027-01-15T08:00:02.000Z", "Request", "  clientAddress  192.0.2.1", "Principal",
            "  groups  unknown", "Command", "    - path = /var/log", "  script  (3 lines, 41 bytes)",
            "    1 | #!/bin/bash", "    2 | echo ORIGINAL\\r", "    3 | \tdf -h \"$path\"", "Decision",
            "Verification of this row", "  ok     /command/script  the text is the one that was recorded",
        ] { #expect(run.lines.contains(line), "\(line) in\n\(run.output)") }
        #expect(run.output.contains("token = (redacted, fingerprint "))
        #expect(run.lines.contains { $0.hasPrefix("  ok     sha256  ") })
        #expect(!run.output.contains("canary"))
        let update = await sallyport("audit", "show", "5", "--database", record.path)
        #expect(update.output.contains("(unknown: stored in Azure, not read)"))
        let started = await sallyport("audit", "show", "1", "--database", record.path)
        #expect(started.lines.contains("Details") && started.lines.contains("  version              1.2.3"))
    }

    @Test func jsonIsTheListsLine() async throws {
        let record = try await RecordFixture.make()
        let shown = await sallyport("audit", "show", "4", "--database", record.path, "--format", "json")
        let list = await sallyport("audit", "list", "--database", record.path, "--format", "json")
        #expect(shown.lines == [list.lines[3]])
    }

    @Test func tamperingShows() async throws {
        let record = try await RecordFixture.make()
        try record.tamper("echo ORIGINAL", "echo TAMPERED")
        let text = await sallyport("audit", "show", "2", "--database", record.path)
        #expect(text.status == .failure)
        #expect(text.output.contains("FAILED /command/script"))
        #expect(!text.output.contains("TAMPERED"))
        #expect(text.output.contains("(41 bytes, not shown; commitment "))
        try record.tamper("ticket 7", "ticket 8")
        let row = await sallyport("audit", "show", "2", "--database", record.path)
        #expect(row.output.contains("FAILED sha256"))
        #expect(row.errorLines.contains("Error: row 2: sha256 is not that of the canonical bytes"))
    }

    @Test func aRowThatIsNotThere() async throws {
        let record = try await RecordFixture.make()
        let run = await sallyport("audit", "show", "7", "--database", record.path)
        #expect(run.status == .failure)
        #expect(run.output == "")
        #expect(run.errors == "Error: the record has no row 7; its last is 6\n")
    }
}
