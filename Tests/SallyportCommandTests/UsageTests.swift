import SallyportCommand
import Testing

@Suite struct UsageTests {
    @Test(arguments: [
        [], ["audit"], ["policy"], ["frobnicate"], ["serve"], ["check"], ["health"],
        ["audit", "show", "--database", "x"], ["audit", "list"],
        ["audit", "list", "--database", "x", "--format", "xml"], ["audit", "verify", "x"],
        ["audit", "list", "--database", "x", "--event", "decisions"],
        ["audit", "list", "--database", "x", "--effect", "Allow"],
        ["audit", "list", "--database", "x", "--operation", "execute"],
        ["audit", "list", "--database", "x", "--since", "yesterday"],
        ["audit", "list", "--database", "x", "--since", "2027-02-29"],
        ["audit", "list", "--database", "x", "--since", "2027-01-15T08:00"],
        ["audit", "list", "--database", "x", "--limit", "0"], ["audit", "list", "--database", "x", "--limit", "many"],
        ["audit", "show", "one", "--database", "x"], ["audit", "show", "1", "--database", "x", "--format", "csv"],
        ["policy", "digest"], ["policy", "check"], ["check", "--config", "x", "--verbose"],
    ])
    func usageErrors(arguments: [String]) async {
        let run = await sallyport(arguments: arguments)
        #expect(run.status == .usage)
        #expect(run.status.rawValue == 64)
        #expect(run.output == "")
        #expect(run.errors.hasPrefix("Error: "), "\(run.errors)")
    }

    @Test(arguments: [
        [], ["serve"], ["check"], ["health"], ["policy"], ["policy", "check"], ["policy", "digest"], ["audit"],
        ["audit", "list"], ["audit", "show"], ["audit", "verify"],
    ])
    func helpIsData(command: [String]) async {
        for arguments in [command + ["--help"], ["help"] + command] {
            let run = await sallyport(arguments: arguments)
            #expect(run.status == .success)
            #expect(run.errors == "")
            #expect(run.output.contains("USAGE: \((["sallyport"] + command).joined(separator: " "))"), "\(run.output)")
        }
    }

    @Test func version() async {
        let run = await sallyport("--version")
        #expect(run.status == .success)
        #expect(run.output.contains(/^\d+\.\d+\.\d+\n$/))
    }

    @Test func aFullDiskIsAFailure() async throws {
        struct Full: Error, CustomStringConvertible { var description: String { "No space left on device" } }
        var errors: [UInt8] = []
        let record = try await RecordFixture.make()
        let status = await SallyportProgram.run(
            ["audit", "list", "--database", record.path],
            in: CommandContext(
                output: CommandOutput(isTerminal: false, columns: nil) { _ in throw Full() },
                errors: CommandOutput(isTerminal: false, columns: nil) { errors += $0 }, environment: [:], now: { 0 }))
        #expect(status == .failure)
        #expect(
            String(decoding: errors, as: UTF8.self)
                == "Error: standard output cannot be written: No space left on device\n")
    }
}
