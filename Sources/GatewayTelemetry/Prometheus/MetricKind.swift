/// What a metric's values mean to Prometheus; the raw value is the word of its `# TYPE` line.
package enum MetricKind: String, Sendable, Hashable {
    /// Only grows, from zero at the start of the process.
    case counter
    /// Goes up and down.
    case gauge
    /// Observations counted into buckets, with their sum.
    case histogram

    /// The sample names that a metric of this kind takes. No two metrics may share one.
    func sampleNames(of name: String) -> [String] {
        switch self {
        case .counter, .gauge: [name]
        case .histogram: [name, name + "_bucket", name + "_sum", name + "_count"]
        }
    }
}
