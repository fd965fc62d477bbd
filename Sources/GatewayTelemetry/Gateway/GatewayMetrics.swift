package import ARMModel
import CoreMetrics
import GatewayEnforcement
package import PolicyCore
import Synchronization

/// The gateway's own metrics: counts what the pipeline reports, and reads at each scrape what others keep
/// (`GatewayMetrics+Readings.swift`). Names and labels stand in ``MetricNames``.
package final class GatewayMetrics: GatewayObserver {
    private struct RequestKey: Hashable, Sendable {
        var operation: Operation?
        var statusClass: Int
        var code: String?
    }

    private struct DecisionKey: Hashable, Sendable {
        var effect: Decision.Effect
        var rule: String?
    }

    private struct UpstreamKey: Hashable, Sendable {
        var operation: Operation
        var result: String
    }

    let registry: PrometheusRegistry
    private let requests: HandlerCache<RequestKey, Counter>
    private let decisions: HandlerCache<DecisionKey, Counter>
    private let upstreamTimes: HandlerCache<UpstreamKey, Timer>
    private let authenticationFailures: HandlerCache<String, Counter>
    private let unknownOutcomes: Counter
    let openOperations = OpenOperations()

    package init(registry: PrometheusRegistry) {
        self.registry = registry
        for metric in MetricNames.all { registry.describe(metric.name, help: metric.help) }
        self.requests = HandlerCache { key in
            Counter(
                label: MetricNames.requests.name,
                dimensions: [
                    ("operation", key.operation?.rawValue ?? ""),
                    ("status", (1...5).contains(key.statusClass) ? "\(key.statusClass)xx" : "other"),
                    ("code", key.code ?? ""),
                ], factory: registry)
        }
        self.decisions = HandlerCache { key in
            Counter(
                label: MetricNames.decisions.name,
                dimensions: [("effect", key.effect.rawValue), ("rule", key.rule ?? "")], factory: registry)
        }
        self.upstreamTimes = HandlerCache { key in
            Timer(
                label: MetricNames.upstreamTime.name,
                dimensions: [("operation", key.operation.rawValue), ("result", key.result)], factory: registry)
        }
        self.authenticationFailures = HandlerCache { reason in
            Counter(
                label: MetricNames.authenticationFailures.name, dimensions: [("reason", reason)], factory: registry)
        }
        self.unknownOutcomes = Counter(label: MetricNames.unknownOutcomes.name, factory: registry)
        registry.gauge(name: MetricNames.openOperations.name, help: MetricNames.openOperations.help) {
            [openOperations] in Double(openOperations.count)
        }
    }

    package func decided(operation: Operation?, effect: Decision.Effect, rule: String?) {
        self.decisions.handler(DecisionKey(effect: effect, rule: rule)).increment()
    }

    /// Also for answers that never reached the pipeline (401, a broken request): with no operation.
    package func answered(operation: Operation?, status: Int, code: String?) {
        self.requests.handler(RequestKey(operation: operation, statusClass: status / 100, code: code)).increment()
    }

    package func upstream(operation: Operation, result: String, milliseconds: Double) {
        // An Int64 of nanoseconds ends after 292 years; a broken clock must not end the process.
        guard milliseconds.isFinite else { return }
        let nanoseconds = Int64(min(max(0, milliseconds), 1e9) * 1e6)
        self.upstreamTimes.handler(UpstreamKey(operation: operation, result: result)).recordNanoseconds(nanoseconds)
    }

    package func outcomeUnknown() { self.unknownOutcomes.increment() }
    package func operationBegan() { self.openOperations.began() }
    package func operationEnded() { self.openOperations.ended() }

    /// - Parameter reason: a word of a closed list, e.g. `expired`; never anything that a caller sent.
    package func authenticationFailed(reason: String) { self.authenticationFailures.handler(reason).increment() }
}

/// Operations that were begun and have not ended, as far as this process knows. An object of its own, so that a scrape
/// holds on to it and not to all the metrics, which every request uses.
final class OpenOperations: Sendable {
    private let balance = Atomic<Int>(0)

    /// Never below zero, though an operation begun before a restart may end in this process.
    var count: Int { max(0, self.balance.load(ordering: .relaxed)) }

    func began() { self.balance.wrappingAdd(1, ordering: .relaxed) }
    func ended() { self.balance.wrappingSubtract(1, ordering: .relaxed) }
}
