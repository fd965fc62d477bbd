import CoreMetrics
import Synchronization

/// A counter. Whole and fractional increments are kept apart, so that the usual increment is one atomic addition.
final class CounterSeries: MetricSeries, CounterHandler, FloatingPointCounterHandler {
    let name: String
    let labels: SeriesLabels
    private let whole = Atomic<UInt64>(0)
    private let fractional = AtomicDouble()

    init(name: String, labels: SeriesLabels) {
        self.name = name
        self.labels = labels
    }

    /// A counter never goes down: an amount below one is ignored.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        self.whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount.isFinite, amount > 0 else { return }
        self.fractional.add(amount)
    }

    func reset() {
        self.whole.store(0, ordering: .relaxed)
        self.fractional.store(0)
    }

    func write(into text: inout ExpositionText) {
        let whole = self.whole.load(ordering: .relaxed)
        let fractional = self.fractional.value
        text.sample(
            name: self.name, labels: self.labels,
            value: fractional == 0 ? String(whole) : ExpositionText.number(Double(whole) + fractional))
    }
}
