/// Writes the Prometheus text exposition format, version 0.0.4.
struct ExpositionText: Sendable {
    private(set) var text = ""

    mutating func header(name: String, kind: MetricKind, help: String?) {
        if let help { self.text += "# HELP \(name) \(Self.escapedHelp(help))\n" }
        self.text += "# TYPE \(name) \(kind.rawValue)\n"
    }

    /// One sample line. `bound` is a histogram bucket's upper end, which becomes the label `le`.
    mutating func sample(name: String, labels: SeriesLabels, bound: Double? = nil, value: String) {
        self.text += name
        if let bound {
            let separator = labels.text.isEmpty ? "" : ","
            self.text += "{\(labels.text)\(separator)le=\"\(Self.number(bound))\"}"
        } else if !labels.text.isEmpty {
            self.text += "{\(labels.text)}"
        }
        self.text += " \(value)\n"
    }

    /// Whole numbers without a fraction, the special values in Prometheus' own spelling.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        // Up to 2^53 every whole number is exact as a Double.
        if value == value.rounded(), value.magnitude <= 9_007_199_254_740_992 { return String(Int64(value)) }
        return String(value)
    }

    private static func escapedHelp(_ help: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in help.unicodeScalars {
            switch scalar {
            case "\\": result.append(contentsOf: #"\\"#.unicodeScalars)
            case "\n": result.append(contentsOf: #"\n"#.unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
