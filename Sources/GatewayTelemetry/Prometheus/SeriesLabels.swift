/// The labels of one series, ready to be printed: `operation="run",status="2xx"`.
///
/// Names are sorted and unique, so that the order in which a caller gives them makes no difference.
struct SeriesLabels: Sendable, Hashable {
    /// In the order in which they stand in ``text``.
    let names: [String]
    /// What stands between the braces; empty without labels.
    let text: String

    /// A label's value beyond this many scalars is cut: labels are for small words.
    static let longestValue = 128
    /// The value of every label in the series that takes what is over the limit.
    static let overflowValue = "other"

    init(_ dimensions: [(String, String)]) {
        var values: [String: String] = [:]
        for (name, value) in dimensions { values[PrometheusName.label(name)] = value }
        self.names = values.keys.sorted()
        self.text = self.names.map { "\($0)=\"\(Self.escaped(values[$0] ?? ""))\"" }.joined(separator: ",")
    }

    /// The same names, each with the value `other`.
    var overflow: SeriesLabels { SeriesLabels(self.names.map { ($0, Self.overflowValue) }) }

    private static func escaped(_ value: String) -> String {
        var result = String.UnicodeScalarView()
        // By scalars: CR LF is one Character, and its line feed would slip through.
        for scalar in value.unicodeScalars.prefix(Self.longestValue) {
            switch scalar {
            case "\\": result.append(contentsOf: #"\\"#.unicodeScalars)
            case "\"": result.append(contentsOf: #"\""#.unicodeScalars)
            case "\n": result.append(contentsOf: #"\n"#.unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
