import CoreMetrics
import GatewayTelemetry
import Synchronization
import Testing

@Suite("Prometheus registry")
struct PrometheusRegistryTests {
    let registry = PrometheusRegistry()

    private func read() throws -> ExpositionReading { try ExpositionReading(self.registry.text()) }

    @Test func isEmptyWithoutMetrics() {
        #expect(self.registry.text().isEmpty)
        self.registry.describe("unused", help: "nobody counts this")
        #expect(self.registry.text().isEmpty)
    }

    @Test func printsTheWholeFormat() {
        self.registry.describe("b_total", help: "Lines\nand \\ and \"quotes\".")
        Counter(label: "b_total", dimensions: [("z", "1"), ("a", "2")], factory: self.registry).increment(by: 3)
        Meter(label: "a", factory: self.registry).set(-1.5)
        #expect(
            self.registry.text() == """
                # TYPE a gauge
                a -1.5
                # HELP b_total Lines\\nand \\\\ and "quotes".
                # TYPE b_total counter
                b_total{a="2",z="1"} 3

                """)
    }

    @Test func counterCountsWholeAndFractionalAmounts() throws {
        let counter = Counter(label: "n", factory: self.registry)
        counter.increment(by: 2)
        counter.increment(by: -5)
        #expect(try self.read().value("n") == 2)
        let fractional = FloatingPointCounter(label: "n", factory: self.registry)
        fractional.increment(by: 0.25)
        fractional.increment(by: -1.0)
        fractional.increment(by: Double.nan)
        fractional.increment(by: Double.infinity)
        #expect(try self.read().value("n") == 2.25)
        counter.reset()
        #expect(try self.read().value("n") == 0)
    }

    @Test func counterDoesNotTrapAtItsEnd() throws {
        let counter = Counter(label: "n", factory: self.registry)
        for _ in 0..<3 { counter.increment(by: Int64.max) }
        #expect(try self.read().value("n") != nil)
    }

    @Test func gaugesGoUpAndDownAndTakeSpecialValues() throws {
        let meter = Meter(label: "m", factory: self.registry)
        meter.set(10)
        meter.increment(by: 2.5)
        meter.decrement()
        #expect(try self.read().value("m") == 11.5)
        meter.set(Double.infinity)
        #expect(self.registry.text().contains("m +Inf\n"))
        meter.set(-Double.infinity)
        #expect(self.registry.text().contains("m -Inf\n"))
        meter.set(Double.nan)
        #expect(self.registry.text().contains("m NaN\n"))
        Recorder(label: "r", aggregate: false, factory: self.registry).record(7)
        #expect(try self.read().kinds["r"] == "gauge")
        #expect(try self.read().value("r") == 7)
    }

    @Test func timersAreHistogramsInSeconds() throws {
        let timer = Timer(label: "t_seconds", dimensions: [("op", "run")], factory: self.registry)
        timer.recordMilliseconds(1)
        timer.recordMilliseconds(30)
        timer.recordSeconds(1_000)
        let reading = try self.read()
        #expect(reading.kinds["t_seconds"] == "histogram")
        // A bound is part of its bucket.
        #expect(reading.value("t_seconds_bucket", ["op": "run", "le": "0.0005"]) == 0)
        #expect(reading.value("t_seconds_bucket", ["op": "run", "le": "0.001"]) == 1)
        #expect(reading.value("t_seconds_bucket", ["op": "run", "le": "0.05"]) == 2)
        #expect(reading.value("t_seconds_bucket", ["op": "run", "le": "90"]) == 2)
        #expect(reading.value("t_seconds_bucket", ["op": "run", "le": "+Inf"]) == 3)
        #expect(reading.value("t_seconds_count", ["op": "run"]) == 3)
        let sum = try #require(reading.value("t_seconds_sum", ["op": "run"]))
        #expect(abs(sum - 1_000.031) < 1e-9)
    }

    @Test func recordersAggregateWithTheBoundsGiven() throws {
        self.registry.describe("size", help: "Sizes.", bounds: HistogramBounds([100, 10, 10, .infinity]))
        let recorder = Recorder(label: "size", factory: self.registry)
        recorder.record(10)
        recorder.record(99.5)
        recorder.record(Double.nan)
        let reading = try self.read()
        #expect(reading.samples.map(\.labels["le"]) == ["10", "100", "+Inf", nil, nil])
        #expect(reading.value("size_bucket", ["le": "10"]) == 1)
        #expect(reading.value("size_count") == 2)
        #expect(reading.value("size_sum") == 109.5)
    }

    @Test func labelValuesAreEscaped() throws {
        let awkward = ["\"", "\\", "\n", "a\r\nb", "\\n", "ü \u{1F600}", "a=\"b\",c=\"d\"}", "\\\\\"", ""]
        for (index, value) in awkward.enumerated() {
            Counter(label: "n", dimensions: [("v", value)], factory: self.registry).increment(by: Int64(index + 1))
        }
        let reading = try self.read()
        #expect(reading.samples.count == awkward.count)
        for (index, value) in awkward.enumerated() { #expect(reading.value("n", ["v": value]) == Double(index + 1)) }
    }

    @Test func namesAreBroughtIntoTheAlphabet() throws {
        Counter(
            label: "9.http requests/größe", dimensions: [("le", "a"), ("__x", "b"), ("1.y", "c"), ("", "d")],
            factory: self.registry
        ).increment()
        let labels = ["le_": "a", "_x": "b", "_1_y": "c", "_": "d"]
        #expect(try self.read().value("_9_http_requests_gr__e", labels) == 1)
    }

    @Test func repeatedLabelsAndOtherOrderAreOneSeries() throws {
        Counter(label: "n", dimensions: [("a", "0"), ("b", "2"), ("a", "1")], factory: self.registry).increment()
        Counter(label: "n", dimensions: [("b", "2"), ("a", "1")], factory: self.registry).increment()
        #expect(try self.read().value("n", ["a": "1", "b": "2"]) == 2)
    }

    @Test func longLabelValuesAreCut() throws {
        Counter(
            label: "n", dimensions: [("v", String(repeating: "x", count: 5_000))], factory: self.registry
        ).increment()
        #expect(try self.read().value("n", ["v": String(repeating: "x", count: 128)]) == 1)
    }

    @Test func seriesOverTheLimitAreCountedTogether() throws {
        let registry = PrometheusRegistry(seriesLimit: 3)
        for number in 0..<100 {
            Counter(label: "n", dimensions: [("id", "\(number)")], factory: registry).increment()
            Counter(label: "n", dimensions: [("name\(number)", "x")], factory: registry).increment()
            Timer(label: "t", dimensions: [("id", "\(number)")], factory: registry).recordSeconds(1)
        }
        let reading = try ExpositionReading(registry.text())
        let counters = reading.samples.filter { $0.name == "n" }
        #expect(counters.count == 4)
        #expect(counters.map(\.value).reduce(0, +) == 200)
        #expect(counters.contains { $0.labels.values.allSatisfy { $0 == "other" } && $0.value == 197 })
        #expect(reading.samples.filter { $0.name == "t_count" }.count == 4)
        #expect(reading.value("t_count", ["id": "other"]) == 97)
        // Known series go on being counted on their own.
        Counter(label: "n", dimensions: [("id", "0")], factory: registry).increment()
        #expect(try ExpositionReading(registry.text()).value("n", ["id": "0"]) == 2)
    }

    @Test func aNameOfAnotherKindHarmsNothing() throws {
        Counter(label: "x", factory: self.registry).increment()
        Meter(label: "x", factory: self.registry).set(99)
        Timer(label: "t", factory: self.registry).recordSeconds(1)
        Counter(label: "t_count", factory: self.registry).increment(by: 50)
        self.registry.gauge(name: "x", help: "Another.") { 5 }
        let reading = try self.read()
        #expect(reading.value("x") == 1)
        #expect(reading.value("t_count") == 1)
    }

    @Test func destroyedSeriesAreForgotten() throws {
        let counter = Counter(label: "n", dimensions: [("a", "1")], factory: self.registry)
        counter.increment(by: 5)
        counter.destroy()
        #expect(self.registry.text().isEmpty)
        Counter(label: "n", dimensions: [("a", "1")], factory: self.registry).increment()
        // The old one's second end must not take the new one away.
        counter.destroy()
        #expect(try self.read().value("n", ["a": "1"]) == 1)
    }

    @Test func theOverflowSeriesOutlivesItsUsers() throws {
        let registry = PrometheusRegistry(seriesLimit: 1)
        Counter(label: "n", dimensions: [("a", "1")], factory: registry).increment()
        let second = Counter(label: "n", dimensions: [("a", "2")], factory: registry)
        second.increment()
        second.destroy()
        #expect(try ExpositionReading(registry.text()).value("n", ["a": "other"]) == 1)
    }

    @Test func scrapedValuesAreAskedForEachTime() throws {
        let current = Atomic<Int>(1)
        let box = Box(current)
        self.registry.gauge(name: "age", help: "An age.", labels: [("of", "it")]) {
            let now = box.value.load(ordering: .relaxed)
            return now < 0 ? nil : Double(now)
        }
        self.registry.counter(name: "kept_total", help: "Kept elsewhere.") { 12 }
        #expect(try self.read().value("age", ["of": "it"]) == 1)
        #expect(try self.read().kinds["kept_total"] == "counter")
        box.value.store(2, ordering: .relaxed)
        #expect(try self.read().value("age", ["of": "it"]) == 2)
        box.value.store(-1, ordering: .relaxed)
        #expect(try self.read().kinds["age"] == nil)
        // The same labels replace, other labels join.
        self.registry.gauge(name: "age", help: "An age.", labels: [("of", "it")]) { 40 }
        self.registry.gauge(name: "age", help: "An age.", labels: [("of", "them")]) { 50 }
        #expect(try self.read().value("age", ["of": "it"]) == 40)
        #expect(try self.read().value("age", ["of": "them"]) == 50)
    }

    @Test func scrapedSamplesAreBoundedAndUnique() throws {
        let registry = PrometheusRegistry(seriesLimit: 2)
        registry.collect(name: "g", kind: .gauge, help: "Many.") {
            [1, 1, 2, 3].map { ScrapedSample(labels: [("id", "\($0)")], value: 1) }
        }
        #expect(try ExpositionReading(registry.text()).samples.count == 2)
    }

    @Test func aClosureMayUseTheRegistry() throws {
        let registry = self.registry
        registry.gauge(name: "g", help: "Counts by itself.") {
            Counter(label: "n", factory: registry).increment()
            return 1
        }
        #expect(try ExpositionReading(registry.text()).value("g") == 1)
        // Asked for twice by then; the second time the counter was there to be shown.
        #expect(try ExpositionReading(registry.text()).value("n") == 2)
    }

    @Test func nothingIsLostBetweenThreads() async throws {
        let registry = PrometheusRegistry()
        let (tasks, rounds) = (8, 5_000)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<tasks {
                group.addTask {
                    let mine = Counter(label: "n", dimensions: [("task", "\(task % 2)")], factory: registry)
                    let sums = FloatingPointCounter(label: "f", factory: registry)
                    let meter = Meter(label: "m", factory: registry)
                    let timer = Timer(label: "t", factory: registry)
                    for round in 0..<rounds {
                        mine.increment()
                        sums.increment(by: 0.5)
                        meter.increment(by: 1.0)
                        timer.recordMilliseconds(round % 2 == 0 ? 1 : 2_000)
                        if round % 1_000 == 0 { _ = try ExpositionReading(registry.text()) }
                    }
                }
            }
            try await group.waitForAll()
        }
        let reading = try ExpositionReading(registry.text())
        let total = Double(tasks * rounds)
        #expect(reading.value("n", ["task": "0"]) == total / 2)
        #expect(reading.value("n", ["task": "1"]) == total / 2)
        #expect(reading.value("f") == total / 2)
        #expect(reading.value("m") == total)
        #expect(reading.value("t_count") == total)
        #expect(reading.value("t_bucket", ["le": "0.001"]) == total / 2)
    }

    /// Lends an atomic to an escaping closure.
    private final class Box: Sendable {
        let value: Atomic<Int>
        init(_ value: consuming Atomic<Int>) { self.value = value }
    }
}
