/// The upper ends of a histogram's buckets, each included in its bucket.
package struct HistogramBounds: Sendable, Hashable {
    /// Finite, growing, without repetition.
    let values: [Double]

    /// Sorts; drops repetitions and what is not finite.
    package init(_ values: [Double]) { self.values = Set(values.filter(\.isFinite)).sorted() }

    /// Seconds, from a commit to local disk up to the end of a slow exchange with ARM, which gives up after 60 s.
    package static let seconds = HistogramBounds([
        0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 90,
    ])

    /// Sizes and counts of whatever a recorder is asked to aggregate.
    package static let amounts = HistogramBounds([
        1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000, 10_000_000,
    ])

    /// The bucket of a value; the number of bounds for one that is over the last.
    func index(of value: Double) -> Int { self.values.firstIndex { value <= $0 } ?? self.values.count }
}
