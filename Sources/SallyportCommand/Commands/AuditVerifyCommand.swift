import ArgumentParser
import AuditStore
import StrictJSON

/// `sallyport audit verify`
struct AuditVerifyCommand: SallyportSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check that the record is as it was written.",
        discussion: """
            No gaps, canonical bytes that re-encode equal and have their SHA-256, columns that agree with them, texts \
            that fit their commitments, and the triggers that refuse changes. Prints each finding and then a report; \
            exit status 1 after any finding. Rows cut off at the very end leave no trace that this could find.
            """)

    @OptionGroup var database: DatabaseOption
    @Option(help: "table, json or csv (the findings alone).")
    var format = OutputFormat.table

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let reader = try self.database.open()
        if context.errors.isTerminal {
            context.errors.line("verifying \(try reader.lastIndex()) rows of \(TerminalText.escaped(reader.path)) …")
        }
        let output = context.output
        if self.format == .csv { output.bytes(CSVLine.bytes(["index", "problem"])) }
        let report = try AuditVerification.run(reader) { finding in
            switch self.format {
            case .table:
                let place = finding.index.map { "row \($0)" } ?? "file"
                output.line("\(context.paint(place, .bad)): \(TerminalText.escaped(finding.problem))")
            case .csv:
                let index = finding.index.map { String($0) } ?? ""
                output.bytes(CSVLine.bytes([index, finding.problem], isForTerminal: output.isTerminal))
            case .json: output.line(Self.json(finding))
            }
        }
        switch self.format {
        case .table: self.write(report, path: reader.path, in: context)
        case .json: output.line(Self.json(report))
        case .csv: break
        }
        return report.isSound ? .success : .failure
    }

    private func write(_ report: AuditVerificationReport, path: String, in context: CommandContext) {
        let verdict =
            report.isSound
            ? context.paint("sound", .good)
            : context.paint("\(report.findings) finding\(report.findings == 1 ? "" : "s")", .bad)
        context.output.line("record    \(TerminalText.escaped(path))")
        context.output.line("rows      \(report.rows) (last index \(report.lastIndex))")
        context.output.line("texts     \(report.bodies) (\(report.withheld) not kept)")
        context.output.line("result    \(verdict)")
    }

    private static func json(_ finding: AuditFinding) -> String {
        Self.line("finding") { json in
            json.member("index", finding.index)
            json.member("problem", finding.problem)
        }
    }

    private static func json(_ report: AuditVerificationReport) -> String {
        Self.line("report") { json in
            json.member("sound", report.isSound)
            json.member("rows", report.rows)
            json.member("lastIndex", report.lastIndex)
            json.member("texts", report.bodies)
            json.member("textsNotKept", report.withheld)
            json.member("findings", report.findings)
        }
    }

    /// One object a line; `kind` tells findings from the report that comes last.
    private static func line(_ kind: String, _ members: (inout JSONWriter) -> Void) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.member("kind", kind)
        members(&json)
        json.endObject()
        return String(decoding: TerminalText.escapedJSON(json.bytes), as: UTF8.self)
    }
}
