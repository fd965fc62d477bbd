import CoreMetrics

/// The last value of something: a meter, or a recorder without aggregation.
final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
    let name: String
    let labels: SeriesLabels
    private let current = AtomicDouble()

    init(name: String, labels: SeriesLabels) {
        self.name = name
        self.labels = labels
    }

    func set(_ value: Int64) { self.current.store(Double(value)) }
    func set(_ value: Double) { self.current.store(value) }

    func increment(by amount: Double) {
        guard amount.isFinite else { return }
        self.current.add(amount)
    }

    func decrement(by amount: Double) {
        guard amount.isFinite else { return }
        self.current.add(-amount)
    }

    func record(_ value: Int64) { self.set(value) }
    func record(_ value: Double) { self.set(value) }

    func write(into text: inout ExpositionText) {
        text.sample(name: self.name, labels: self.labels, value: ExpositionText.number(self.current.value))
    }
}
