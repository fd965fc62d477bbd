import AuditModel
import Foundation
import SallyportCommand
import Testing

@Suite struct AuditListTests {
    private func object(_ line: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func tableInAPipeIsWholeAndPlain() async throws {
        let record = try await RecordFixture.make()
        let run = await sallyport("audit", "list", "--database", record.path)
        #expect(run.status == .success)
        #expect(run.errors == "")
        let cells = run.lines.map { line in
            line.replacing(/\x20{2,}/, with: "|")
        }
        #expect(
            cells == [
                "INDEX|TIME|EVENT|WHO|OPERATION|TARGET|RESULT|RULE OR REASON",
                "|1|2027-01-15T08:00:01.000Z|started|1.2.3",
                "|2|2027-01-15T08:00:02.000Z|decision|Ann Example (user:22222222-0000-0000-0000-000000000001)|run|rg-web/web-1|allow|web-disk-report",
                "|3|2027-01-15T08:00:03.000Z|response|run|rg-web/web-1|202",
                "|4|2027-01-15T08:00:04.000Z|outcome|run|rg-web/web-1|failed|exit code 3",
                "|5|2027-01-15T08:00:05.000Z|decision|object:44444444-0000-0000-0000-000000000001|update|rg-web/web/0/report|deny|web-disk-report: ParameterNotListed",
                "|6|2027-01-15T08:00:06.000Z|authenticationFailed|192.0.2.9|=expired (4 times)",
            ])
    }

    @Test(arguments: [60, 80, 100, 160]) func tableFitsTheTerminal(columns: Int) async throws {
        let record = try await RecordFixture.make()
        let run = await sallyport(
            "audit", "list", "--database", record.path, terminal: columns, environment: ["NO_COLOR": "1"])
        #expect(run.lines.count == 7)
        #expect(run.lines.allSatisfy { $0.unicodeScalars.count <= columns }, "\(run.output)")
        #expect(!run.output.contains("\u{1B}"))
        #expect(columns > 100 || run.output.contains("…"))
        // Down to 80 columns none is lost.
        #expect(columns < 80 || run.lines[5].contains("deny  "), "\(run.output)")
        #expect(columns < 80 || run.lines[0].contains("RULE"))
    }

    @Test func coloursOnATerminalOnly() async throws {
        let record = try await RecordFixture.make()
        let coloured = await sallyport("audit", "list", "--database", record.path, terminal: 200)
        #expect(coloured.output.contains("\u{1B}[32mallow\u{1B}[0m"))
        #expect(coloured.output.contains("\u{1B}[31mdeny\u{1B}[0m"))
        #expect(coloured.output.contains("\u{1B}[33mfailed\u{1B}[0m"))
        for environment in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
            let plain = await sallyport(
                "audit", "list", "--database", record.path, terminal: 200, environment: environment)
            #expect(!plain.output.contains("\u{1B}"))
        }
    }

    @Test func jsonHasTextsInTheirPlaces() async throws {
        let record = try await RecordFixture.make()
        let run = await sallyport("audit", "list", "--database", record.path, "--format", "json")
        #expect(run.status == .success)
        let rows = try run.lines.map(self.object)
        #expect(rows.map { $0["index"] as? Int } == [1, 2, 3, 4, 5, 6])
        let command = try #require(rows[1]["command"] as? [String: Any])
        #expect(command["script"] as? String == RecordFixture.script)
        #expect((command["parameters"] as? [[String: String]]) == [["name": "path", "value": "/var/log"]])
        #expect((rows[3]["outcome"] as? [String: Any])?["executionMessage"] as? String == "first line\nsecond line")
        #expect(!run.output.contains("commitment"))
        #expect(!run.output.contains("canary"))
    }

    @Test func whatIsNotKeptStaysOut() async throws {
        let record = try await RecordFixture.make(keep: .digest)
        let run = await sallyport("audit", "list", "--database", record.path, "--format", "json")
        #expect(run.status == .success)
        let command = try #require(try self.object(run.lines[1])["command"] as? [String: Any])
        #expect(command["script"] == nil)
        #expect((command["scriptSHA256"] as? String)?.count == 64)
    }

    @Test func aForgedTextStaysOut() async throws {
        let record = try await RecordFixture.make()
        try record.tamper("echo ORIGINAL", "echo TAMPERED")
        let run = await sallyport("audit", "list", "--database", record.path, "--format", "json")
        #expect(run.status == .failure)
        #expect(!run.output.contains("TAMPERED"))
        let command = try #require(try self.object(run.lines[1])["command"] as? [String: Any])
        #expect((command["script"] as? [String: Any])?.keys.sorted() == ["commitment", "length"])
        #expect(run.errorLines == ["Error: row 2: the body of /command/script does not fit its commitment"])
    }

    @Test func csvQuotes() async throws {
        let record = try await RecordFixture.make()
        let run = await sallyport("audit", "list", "--database", record.path, "--format", "csv")
        let lines = run.output.components(separatedBy: "\r\n")
        #expect(lines.count == 8 && lines.last == "")
        #expect(lines[0].hasPrefix("index,time,event,requestID,"))
        #expect(lines[2].contains(#","ticket 7, ""urgent""","#))
        #expect(lines[6].hasSuffix(#","=expired""#))
        let commas = lines[0].count { $0 == "," }
        #expect(lines[1].count { $0 == "," } == commas)
    }

    struct Choice: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var indexes: [Int]
        var testDescription: String { self.arguments.joined(separator: " ") }
    }

    static let choices: [Choice] = [
        Choice(arguments: ["--event", "decision"], indexes: [2, 5]),
        Choice(arguments: ["--principal", "44444444-0000-0000-0000-000000000001"], indexes: [5]),
        Choice(arguments: ["--operation", "run"], indexes: [2, 3, 4]),
        Choice(arguments: ["--machine", "WEB/0"], indexes: [5]),
        Choice(arguments: ["--rule", "web-disk-report"], indexes: [2]),
        Choice(arguments: ["--effect", "deny"], indexes: [5]),
        Choice(
            arguments: ["--since", "2027-01-15T08:00:03Z", "--until", "2027-01-15T09:00:05+01:00"], indexes: [3, 4]),
        Choice(arguments: ["--until", "2027-01-15"], indexes: []),
        Choice(arguments: ["--since", "95s"], indexes: [5, 6]),
        Choice(arguments: ["--request-id", RecordFixture.requestID.uppercased()], indexes: [2, 3, 4]),
        Choice(arguments: ["--limit", "2"], indexes: [1, 2]),
        Choice(arguments: ["--after", "4"], indexes: [5, 6]),
        Choice(arguments: ["--newest-first", "--limit", "2", "--after", "5"], indexes: [4, 3]),
    ]

    @Test(arguments: choices) func filters(_ choice: Choice) async throws {
        let record = try await RecordFixture.make()
        let run = await sallyport(
            arguments: ["audit", "list", "--database", record.path, "--format", "json"] + choice.arguments)
        #expect(run.status == .success)
        #expect(try run.lines.map { try self.object($0)["index"] as? Int } == choice.indexes)
    }

    @Test func nothingInARecordSteersTheTerminal() async throws {
        let record = try await RecordFixture.make(hostile: RecordFixture.hostile)
        let forbidden: [Unicode.Scalar] = ["\u{1B}", "\u{9B}", "\u{202E}", "\u{200B}", "\u{7}"]
        for terminal in [nil, 200] {
            for command in [
                ["list"], ["list", "--format", "json"], ["show", "2"], ["show", "2", "--format", "json"],
            ] {
                let run = await sallyport(
                    arguments: ["audit"] + command + ["--database", record.path], terminal: terminal,
                    environment: ["NO_COLOR": "1"])
                #expect(run.status == .success)
                #expect(!run.output.unicodeScalars.contains { forbidden.contains($0) }, "\(command)")
            }
            let csv = await sallyport(
                "audit", "list", "--format", "csv", "--database", record.path, terminal: terminal)
            #expect(csv.output.unicodeScalars.contains("\u{1B}") == (terminal == nil))
        }
        let table = await sallyport("audit", "show", "2", "--database", record.path)
        #expect(table.output.contains(#"\u{1B}[2J\u{9B}31m\u{202E}evil\u{200B}\u{7}"#))
        let json = await sallyport("audit", "show", "2", "--database", record.path, "--format", "json")
        let principal = try #require(try self.object(json.lines[0])["principal"] as? [String: Any])
        #expect(principal["name"] as? String == RecordFixture.hostile)
    }
}
