import Synchronization

/// Keeps every metric of the process and prints them for Prometheus.
///
/// Looking a handler up takes a lock and puts labels together: keep what `make…` returns. Counting, setting and
/// observing are then atomic additions. The number of series of a metric is bounded, so that labels that turn out to
/// be endless cost neither memory nor the scrape: what is over the limit is counted in one more series, whose labels
/// all have the value `other`.
package final class PrometheusRegistry: Sendable {
    /// The `Content-Type` of ``text()``.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct State: Sendable {
        var families: [String: MetricFamily] = [:]
        /// The metric that each sample name belongs to.
        var owners: [String: String] = [:]
        var helps: [String: String] = [:]
        var bounds: [String: HistogramBounds] = [:]

        /// Whether there is a metric of this name and kind, after making one where the name is free.
        mutating func has(_ name: String, _ kind: MetricKind) -> Bool {
            if let known = self.families[name] { return known.kind == kind }
            let samples = kind.sampleNames(of: name)
            guard samples.allSatisfy({ self.owners[$0] == nil }) else { return false }
            for sample in samples { self.owners[sample] = name }
            self.families[name] = MetricFamily(name: name, kind: kind)
            return true
        }
    }

    private let state = Mutex(State())
    private let seriesLimit: Int

    /// - Parameter seriesLimit: how many series a metric may have beside its overflow series.
    package init(seriesLimit: Int = 512) { self.seriesLimit = max(1, seriesLimit) }

    /// Gives a metric its `# HELP` text and, for a histogram, its buckets. Buckets count for series made afterwards.
    package func describe(_ name: String, help: String, bounds: HistogramBounds? = nil) {
        let name = PrometheusName.metric(name)
        self.state.withLock { state in
            state.helps[name] = help
            if let bounds { state.bounds[name] = bounds }
        }
    }

    /// A gauge whose value is asked for at each scrape; `nil` leaves it out. The same name with the same labels
    /// replaces the closure given before.
    package func gauge(
        name: String, help: String, labels: [(String, String)] = [], value: @escaping @Sendable () -> Double?
    ) {
        self.collect(name: name, kind: .gauge, help: help, key: labels) {
            value().map { [ScrapedSample(labels: labels, value: $0)] } ?? []
        }
    }

    /// A counter that somebody else keeps, read at each scrape.
    package func counter(
        name: String, help: String, labels: [(String, String)] = [], value: @escaping @Sendable () -> Double?
    ) {
        self.collect(name: name, kind: .counter, help: help, key: labels) {
            value().map { [ScrapedSample(labels: labels, value: $0)] } ?? []
        }
    }

    /// Samples whose labels are known only at the scrape. `key` tells several sources of one metric apart.
    ///
    /// The closure runs on the scraper's thread, outside the registry's lock; it must not wait.
    package func collect(
        name: String, kind: MetricKind, help: String, key: [(String, String)] = [],
        samples: @escaping @Sendable () -> [ScrapedSample]
    ) {
        let name = PrometheusName.metric(name)
        let key = SeriesLabels(key)
        self.state.withLock { state in
            state.helps[name] = help
            guard kind != .histogram, state.has(name, kind) else { return }
            state.families[name]?.collect(key, samples)
        }
    }

    /// Everything, in Prometheus' text format 0.0.4, sorted by name and labels.
    package func text() -> String {
        let (families, helps) = self.state.withLock { ($0.families, $0.helps) }
        var text = ExpositionText()
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            family.write(into: &text, help: helps[name], limit: self.seriesLimit)
        }
        return text.text
    }

    /// The series for a handler. A name that stands for another kind of metric already gives a series of its own that
    /// nobody sees: a wrong name must not stop the gateway, nor make the scrape unreadable.
    func series<Series: MetricSeries>(
        _ label: String, _ dimensions: [(String, String)], kind: MetricKind,
        make: (String, SeriesLabels, HistogramBounds?) -> Series
    ) -> Series {
        let name = PrometheusName.metric(label)
        let labels = SeriesLabels(dimensions)
        let (known, bounds) = self.state.withLock { state -> ((any MetricSeries)?, HistogramBounds?) in
            let bounds = state.bounds[name]
            guard state.has(name, kind) else { return (nil, bounds) }
            return (
                state.families[name]?.series(labels, limit: self.seriesLimit) { make(name, $0, bounds) }, bounds
            )
        }
        return known as? Series ?? make(name, labels, bounds)
    }

    func remove(_ handler: any MetricSeries) {
        self.state.withLock { $0.families[handler.name]?.remove(handler) }
    }
}
