/// Rows in columns under a heading, written as they come.
///
/// The first rows are kept back to find how wide the columns must be; a later, longer text pushes its row out of line
/// where nothing limits the width, and is cut on a terminal. However long the listing, memory stays small.
struct Table {
    struct Column {
        var title: String
        /// How narrow a terminal may make it; nil keeps it as wide as its texts.
        var least: Int?
        var isRight = false
    }

    struct Cell {
        var text: String
        var tone: Paint.Tone?

        init(_ text: String, _ tone: Paint.Tone? = nil) {
            self.text = text
            self.tone = tone
        }
    }

    private let columns: [Column]
    private let output: CommandOutput
    private let paint: Paint
    private var waiting: [[Cell]] = []
    private var widths: [Int]?

    private static let gap = "  "
    private static let rowsForLayout = 256

    init(_ columns: [Column], output: CommandOutput, paint: Paint) {
        self.columns = columns
        self.output = output
        self.paint = paint
    }

    /// - Parameter cells: one a column, their texts already harmless on a terminal.
    mutating func add(_ cells: [Cell]) {
        if let widths { return self.write(cells, widths) }
        self.waiting.append(cells)
        if self.waiting.count == Self.rowsForLayout { self.layOut() }
    }

    /// Writes what was kept back. To be called once, at the end.
    mutating func finish() {
        if self.widths == nil { self.layOut() }
    }

    private mutating func layOut() {
        let heading = self.columns.map { Cell($0.title, .heading) }
        let rows = [heading] + self.waiting
        var widths = self.columns.indices.map { column in
            rows.reduce(0) { max($0, DisplayWidth.of($1[column].text)) }
        }
        if let limit = self.output.columns {
            let room = limit - (self.columns.count - 1) * Self.gap.count
            while widths.reduce(0, +) > room, let widest = self.widestToNarrow(widths) { widths[widest] -= 1 }
        }
        self.widths = widths
        self.waiting = []
        for row in rows { self.write(row, widths) }
    }

    private func widestToNarrow(_ widths: [Int]) -> Int? {
        self.columns.indices.filter { column in self.columns[column].least.map { widths[column] > $0 } ?? false }
            .max { widths[$0] < widths[$1] }
    }

    private func write(_ cells: [Cell], _ widths: [Int]) {
        var line = ""
        var left = self.output.columns ?? .max
        for (column, cell) in cells.enumerated() where left > 0 {
            let text =
                self.output.columns == nil
                ? cell.text : DisplayWidth.cut(cell.text, to: min(widths[column], left))
            let width = DisplayWidth.of(text)
            let padding = String(repeating: " ", count: max(0, min(widths[column], left) - width))
            let painted = self.paint(text, cell.tone)
            let isLast = column == cells.count - 1
            line += self.columns[column].isRight ? padding + painted : painted + (isLast ? "" : padding)
            left -= max(width, widths[column])
            if !isLast, left > Self.gap.count { line += Self.gap }
            left -= Self.gap.count
        }
        // An empty cell at the end leaves only spaces behind.
        while line.hasSuffix(" ") { line.removeLast() }
        self.output.line(line)
    }
}
