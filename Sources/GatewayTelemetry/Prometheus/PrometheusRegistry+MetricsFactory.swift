package import CoreMetrics

extension PrometheusRegistry: MetricsFactory {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        self.counterSeries(label, dimensions)
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        self.counterSeries(label, dimensions)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        self.gaugeSeries(label, dimensions)
    }

    /// With aggregation a histogram, without it the last value.
    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else { return self.gaugeSeries(label, dimensions) }
        return self.histogramSeries(label, dimensions, otherwise: .amounts)
    }

    /// A histogram in seconds, whatever display unit is asked for: Prometheus has base units only.
    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        self.histogramSeries(label, dimensions, otherwise: .seconds)
    }

    package func destroyCounter(_ handler: any CounterHandler) { self.destroy(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { self.destroy(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { self.destroy(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { self.destroy(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { self.destroy(handler) }

    private func counterSeries(_ label: String, _ dimensions: [(String, String)]) -> CounterSeries {
        self.series(label, dimensions, kind: .counter) { name, labels, _ in CounterSeries(name: name, labels: labels) }
    }

    private func gaugeSeries(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        self.series(label, dimensions, kind: .gauge) { name, labels, _ in GaugeSeries(name: name, labels: labels) }
    }

    private func histogramSeries(
        _ label: String, _ dimensions: [(String, String)], otherwise: HistogramBounds
    ) -> HistogramSeries {
        self.series(label, dimensions, kind: .histogram) { name, labels, bounds in
            HistogramSeries(name: name, labels: labels, bounds: bounds ?? otherwise)
        }
    }

    private func destroy(_ handler: Any) {
        guard let series = handler as? any MetricSeries else { return }
        self.remove(series)
    }
}
