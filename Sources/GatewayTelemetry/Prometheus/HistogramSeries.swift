import CoreMetrics
import Synchronization

/// Observations counted by size: a timer, in seconds, or a recorder with aggregation, in its own unit.
final class HistogramSeries: MetricSeries, TimerHandler, RecorderHandler {
    /// `Atomic` cannot stand in an array; a box can.
    private final class Bucket: Sendable {
        let count = Atomic<UInt64>(0)
    }

    let name: String
    let labels: SeriesLabels
    private let bounds: HistogramBounds
    /// One a bound, and one for what is over the last.
    private let buckets: [Bucket]
    private let sum = AtomicDouble()

    init(name: String, labels: SeriesLabels, bounds: HistogramBounds) {
        self.name = name
        self.labels = labels
        self.bounds = bounds
        self.buckets = (0...bounds.values.count).map { _ in Bucket() }
    }

    /// A value that is no number says nothing and is ignored: it would spoil the sum for good.
    func record(_ value: Double) {
        guard value.isFinite else { return }
        self.buckets[self.bounds.index(of: value)].count.wrappingAdd(1, ordering: .relaxed)
        self.sum.add(value)
    }

    func record(_ value: Int64) { self.record(Double(value)) }

    func recordNanoseconds(_ duration: Int64) { self.record(Double(duration) / 1e9) }

    func write(into text: inout ExpositionText) {
        var total: UInt64 = 0
        for (index, bucket) in self.buckets.enumerated() {
            total &+= bucket.count.load(ordering: .relaxed)
            let bound = index < self.bounds.values.count ? self.bounds.values[index] : Double.infinity
            text.sample(name: self.name + "_bucket", labels: self.labels, bound: bound, value: String(total))
        }
        text.sample(name: self.name + "_sum", labels: self.labels, value: ExpositionText.number(self.sum.value))
        // From the buckets, not from a counter of its own: the format wants it to equal the last bucket.
        text.sample(name: self.name + "_count", labels: self.labels, value: String(total))
    }
}
