/// Everything under one metric name.
struct MetricFamily: Sendable {
    let name: String
    let kind: MetricKind
    private(set) var series: [SeriesLabels: any MetricSeries] = [:]
    /// By the labels under which they were registered; a second registration replaces the first.
    private(set) var collectors: [SeriesLabels: @Sendable () -> [ScrapedSample]] = [:]
    /// The overflow series' labels: the names of the first series, so that there is never more than one of it.
    private var overflow: SeriesLabels?

    init(name: String, kind: MetricKind) {
        self.name = name
        self.kind = kind
    }

    /// The series with these labels. Past the limit it is the overflow series, which stands outside the limit.
    mutating func series(
        _ labels: SeriesLabels, limit: Int, make: (SeriesLabels) -> any MetricSeries
    ) -> any MetricSeries {
        if let known = self.series[labels] { return known }
        let overflow = self.overflow ?? labels.overflow
        self.overflow = overflow
        let used = self.series[overflow] == nil ? self.series.count : self.series.count - 1
        let chosen = used < limit ? labels : overflow
        if let known = self.series[chosen] { return known }
        let made = make(chosen)
        self.series[chosen] = made
        return made
    }

    /// Forgets a series. The overflow series belongs to many callers and stays.
    mutating func remove(_ handler: any MetricSeries) {
        guard handler.labels != self.overflow, self.series[handler.labels] === handler else { return }
        self.series[handler.labels] = nil
    }

    mutating func collect(_ key: SeriesLabels, _ samples: @escaping @Sendable () -> [ScrapedSample]) {
        self.collectors[key] = samples
    }

    /// Writes header and samples; nothing at all where there is no sample.
    func write(into text: inout ExpositionText, help: String?, limit: Int) {
        var scraped: [SeriesLabels: Double] = [:]
        for (_, samples) in self.collectors.sorted(by: { $0.key.text < $1.key.text }) {
            // A sample given twice would make the whole scrape unreadable.
            for sample in samples() where scraped.count < limit && self.series[sample.labels] == nil {
                scraped[sample.labels] = sample.value
            }
        }
        guard !(self.series.isEmpty && scraped.isEmpty) else { return }
        text.header(name: self.name, kind: self.kind, help: help)
        for series in self.series.values.sorted(by: { $0.labels.text < $1.labels.text }) { series.write(into: &text) }
        for (labels, value) in scraped.sorted(by: { $0.key.text < $1.key.text }) {
            text.sample(name: self.name, labels: labels, value: ExpositionText.number(value))
        }
    }
}
