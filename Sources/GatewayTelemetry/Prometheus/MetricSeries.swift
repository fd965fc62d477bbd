/// One metric with one set of labels: where values are kept between two scrapes.
protocol MetricSeries: AnyObject, Sendable {
    /// The metric's name, already in Prometheus' alphabet.
    var name: String { get }
    var labels: SeriesLabels { get }

    func write(into text: inout ExpositionText)
}
