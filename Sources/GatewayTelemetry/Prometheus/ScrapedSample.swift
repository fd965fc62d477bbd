/// A value that is worked out when somebody asks, not kept: an age, a queue's length, an expiry.
package struct ScrapedSample: Sendable {
    let labels: SeriesLabels
    let value: Double

    package init(labels: [(String, String)] = [], value: Double) {
        self.labels = SeriesLabels(labels)
        self.value = value
    }
}
