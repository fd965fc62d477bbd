import ArgumentParser
import AuditStore

/// `sallyport audit list`
struct AuditListCommand: SallyportSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List rows of the record, oldest first.",
        discussion: """
            A table is fitted to the terminal, and written in full into a file or pipe. json is one object a line: the \
            row as it was recorded, its index, and kept texts in the places of their commitments; a text that does \
            not fit its commitment is left out, and the exit status is 1. csv has the columns that are searched \
            by; values stand in it as recorded, so import it into a spreadsheet as text.
            """)

    @OptionGroup var database: DatabaseOption
    @OptionGroup(title: "Which rows") var rows: AuditFilterOptions
    @Option(help: "table, json or csv.")
    var format = OutputFormat.table

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let reader = try self.database.open()
        let output = context.output
        var table = Table(RecordSummary.columns, output: output, paint: context.paint)
        var status = ExitStatus.success
        if self.format == .csv { output.bytes(RecordCSV.heading) }
        do {
            try reader.list(self.rows.filter(now: context.now())) { row in
                if output.hasFailed { throw ListingEnded() }
                let document: RecordDocument
                switch self.format {
                case .table:
                    document = RecordDocument(row)
                    table.add(RecordSummary(document, width: output.columns).cells)
                case .csv:
                    document = RecordDocument(row)
                    output.bytes(RecordCSV.line(document, isForTerminal: output.isTerminal))
                case .json:
                    document = RecordDocument(row, bodies: try reader.bodies(row.index))
                    output.bytes(document.json + [0x0A])
                }
                for problem in document.problems {
                    context.errors.complain("row \(row.index): \(problem)")
                    status = .failure
                }
            }
        } catch is ListingEnded {
            return .failure
        }
        if self.format == .table { table.finish() }
        return status
    }

    /// Nobody reads on.
    private struct ListingEnded: Error {}
}
