import ArgumentParser
import AuditStore

/// `sallyport audit show`
struct AuditShowCommand: SallyportSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one row of the record in full, and whether its hash and texts fit.",
        discussion: "What is invisible or would steer the terminal is written as an escape, e.g. \\u{1B} or \\r.")

    @Argument(help: ArgumentHelp("The row's index.", valueName: "index"))
    var index: Int64
    @OptionGroup var database: DatabaseOption
    @Option(help: "table (sections for a person) or json (one object, as `audit list` writes it).")
    var format = PageFormat.table

    func perform(in context: CommandContext) async throws -> ExitStatus {
        let reader = try self.database.open()
        guard let row = try reader.row(self.index) else {
            throw CommandFailure("the record has no row \(self.index); its last is \(try reader.lastIndex())")
        }
        let document = RecordDocument(row, bodies: try reader.bodies(self.index))
        switch self.format {
        case .table: RecordPage(output: context.output, paint: context.paint).write(document)
        case .json: context.output.bytes(document.json + [0x0A])
        }
        for problem in document.problems { context.errors.complain("row \(self.index): \(problem)") }
        return document.problems.isEmpty ? .success : .failure
    }
}
