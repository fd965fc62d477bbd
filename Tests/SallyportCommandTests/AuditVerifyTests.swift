import Foundation
import GatewayTestSupport
import SallyportCommand
import Testing

@Suite struct AuditVerifyTests {
    @Test func aSoundRecord() async throws {
        let record = try await RecordFixture.make()
        let before = try Data(contentsOf: URL(fileURLWithPath: record.path))
        let run = await sallyport("audit", "verify", "--database", record.path)
        #expect(run.status == .success)
        #expect(run.lines.suffix(3) == ["rows      6 (last index 6)", "texts     3 (0 not kept)", "result    sound"])
        #expect(run.errors == "")
        let json = await sallyport("audit", "verify", "--database", record.path, "--format", "json")
        #expect(
            json.lines == [
                #"{"kind":"report","sound":true,"rows":6,"lastIndex":6,"texts":3,"textsNotKept":0,"findings":0}"#
            ])
        #expect(try Data(contentsOf: URL(fileURLWithPath: record.path)) == before)
        let files = try FileManager.default.contentsOfDirectory(atPath: record.directory.url.path)
        #expect(!files.contains { $0.hasPrefix("audit.sqlite-") })
    }

    @Test func progressIsForTerminals() async throws {
        let record = try await RecordFixture.make()
        let run = await sallyport("audit", "verify", "--database", record.path, terminal: 80)
        #expect(run.errors.hasPrefix("verifying 6 rows of "))
    }

    struct Tampering: Sendable {
        var old: String
        var new: String
        var finding: String
    }

    @Test(arguments: [
        Tampering(
            old: "echo ORIGINAL", new: "echo TAMPERED",
            finding: "row 2: the body of /command/script does not fit its commitment"),
        Tampering(
            old: #""exitCode":3"#, new: #""exitCode":0"#, finding: "row 4: sha256 is not that of the canonical bytes"),
        Tampering(
            old: "BEFORE UPDATE ON record", new: "BEFORE UPDATE ON recorD",
            finding: "file: schema: trigger record_update was changed"),
    ])
    func tamperingIsFound(_ tampering: Tampering) async throws {
        let record = try await RecordFixture.make()
        try record.tamper(tampering.old, tampering.new)
        let run = await sallyport("audit", "verify", "--database", record.path)
        #expect(run.status == .failure)
        #expect(run.lines.first == tampering.finding)
        #expect(run.lines.last == "result    1 finding")
        let json = await sallyport("audit", "verify", "--database", record.path, "--format", "json")
        #expect(json.lines.count == 2)
        #expect(json.lines[0].hasPrefix(#"{"kind":"finding","#))
        #expect(json.lines[1].contains(#""sound":false"#))
        let csv = await sallyport("audit", "verify", "--database", record.path, "--format", "csv")
        #expect(csv.output.hasPrefix("index,problem\r\n"))
    }

    @Test func whatIsNotARecord() async throws {
        let record = try await RecordFixture.make()
        for (path, message) in [
            (record.directory.path("absent.sqlite"), "does not exist"),
            (try record.directory.write("nothing of the kind, but long enough", as: "text"), "is not a database"),
            (record.directory.path("no/where.sqlite"), "does not exist"),
        ] {
            for command in [["list"], ["show", "1"], ["verify"]] {
                let run = await sallyport(arguments: ["audit"] + command + ["--database", path])
                #expect(run.status == .failure)
                #expect(run.output == "")
                #expect(run.errorLines.count == 1)
                #expect(run.errors.hasPrefix("Error: ") && run.errors.contains(message), "\(run.errors)")
            }
        }
    }
}
