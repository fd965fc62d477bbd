import ARMModel
import GatewayTelemetry
import PolicyCore
import Testing

@Suite("Gateway metrics")
struct GatewayMetricsTests {
    let registry = PrometheusRegistry()
    let metrics: GatewayMetrics

    init() { self.metrics = GatewayMetrics(registry: self.registry) }

    private func read() throws -> ExpositionReading { try ExpositionReading(self.registry.text()) }

    private func useEverything() {
        self.metrics.decided(operation: .run, effect: .allow, rule: "web-disk-report")
        self.metrics.decided(operation: nil, effect: .deny, rule: nil)
        self.metrics.answered(operation: .run, status: 200, code: nil)
        self.metrics.answered(operation: .run, status: 202, code: nil)
        self.metrics.answered(operation: .update, status: 403, code: "RequestDisallowedByPolicy")
        self.metrics.answered(operation: nil, status: 401, code: "AuthenticationFailed")
        self.metrics.upstream(operation: .run, result: "answered", milliseconds: 120)
        self.metrics.outcomeUnknown()
        self.metrics.operationBegan()
        self.metrics.operationBegan()
        self.metrics.operationEnded()
        self.metrics.authenticationFailed(reason: "expired")
        self.metrics.audit {
            AuditReadings(
                isWritable: true, waitingRecords: 3, commits: 10, records: 25, failedRecords: 1, timedOutRecords: 2,
                lastCommitSeconds: 0.000_095, commitSeconds: 0.5)
        }
        self.metrics.keySetAges { ["https://sts.windows.net/a/": 12.5, "https://sts.windows.net/b/": 3] }
        self.metrics.certificateExpiry(of: "listener") { 1_800_000_000 }
        self.metrics.policyDigest { "sha256:9f86" }
        self.metrics.connections(open: { 7 }, refused: { 1 }, brokenRequests: { 4 })
        self.metrics.upstreamPassthrough(true)
    }

    @Test func showsWhatHappened() throws {
        self.useEverything()
        let reading = try self.read()
        let run2xx = ["operation": "run", "status": "2xx", "code": ""]
        #expect(reading.value("sallyport_requests_total", run2xx) == 2)
        let refused = ["operation": "update", "status": "4xx", "code": "RequestDisallowedByPolicy"]
        #expect(reading.value("sallyport_requests_total", refused) == 1)
        let unknownCaller = ["operation": "", "status": "4xx", "code": "AuthenticationFailed"]
        #expect(reading.value("sallyport_requests_total", unknownCaller) == 1)
        #expect(reading.value("sallyport_decisions_total", ["effect": "allow", "rule": "web-disk-report"]) == 1)
        #expect(reading.value("sallyport_decisions_total", ["effect": "deny", "rule": ""]) == 1)
        let answered = ["operation": "run", "result": "answered"]
        #expect(reading.value("sallyport_upstream_duration_seconds_sum", answered) == 0.12)
        #expect(reading.value("sallyport_upstream_duration_seconds_count", answered) == 1)
        #expect(reading.value("sallyport_unknown_outcomes_total") == 1)
        #expect(reading.value("sallyport_open_operations") == 1)
        #expect(reading.value("sallyport_authentication_failures_total", ["reason": "expired"]) == 1)
        #expect(reading.value("sallyport_audit_writable") == 1)
        #expect(reading.value("sallyport_audit_waiting_records") == 3)
        #expect(reading.value("sallyport_audit_commits_total") == 10)
        #expect(reading.value("sallyport_audit_records_total") == 25)
        #expect(reading.value("sallyport_audit_failures_total", ["reason": "failed"]) == 1)
        #expect(reading.value("sallyport_audit_failures_total", ["reason": "timedOut"]) == 2)
        #expect(reading.value("sallyport_audit_last_commit_seconds") == 0.000_095)
        #expect(reading.value("sallyport_audit_commit_seconds_total") == 0.5)
        #expect(reading.value("sallyport_key_set_age_seconds", ["issuer": "https://sts.windows.net/a/"]) == 12.5)
        let listener = ["certificate": "listener"]
        #expect(reading.value("sallyport_certificate_expiry_timestamp_seconds", listener) == 1_800_000_000)
        #expect(reading.value("sallyport_policy_info", ["digest": "sha256:9f86"]) == 1)
        #expect(reading.value("sallyport_open_connections") == 7)
        #expect(reading.value("sallyport_refused_connections_total") == 1)
        #expect(reading.value("sallyport_broken_requests_total") == 4)
        #expect(reading.value("sallyport_upstream_passthrough") == 1)
    }

    /// The table is the manual: what is shown stands in it with these labels, and what stands in it is shown.
    @Test func theTableSaysWhatIsShown() throws {
        self.useEverything()
        let reading = try self.read()
        #expect(Set(reading.kinds.keys) == Set(MetricNames.all.map(\.name)))
        #expect(Set(MetricNames.all.map(\.name)).count == MetricNames.all.count)
        for metric in MetricNames.all {
            #expect(reading.kinds[metric.name] == metric.kind.rawValue)
            #expect(reading.helps[metric.name] == metric.help)
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"))
            let names = metric.kind == .histogram ? ["_sum", "_count"].map { metric.name + $0 } : [metric.name]
            let samples = reading.samples.filter { names.contains($0.name) }
            #expect(!samples.isEmpty)
            for sample in samples { #expect(Set(sample.labels.keys) == Set(metric.labels)) }
        }
    }

    @Test func startsAtZeroWhereThatMeansSomething() throws {
        let reading = try self.read()
        #expect(reading.value("sallyport_unknown_outcomes_total") == 0)
        #expect(reading.value("sallyport_open_operations") == 0)
    }

    @Test func openOperationsNeverFallBelowZero() throws {
        self.metrics.operationEnded()
        #expect(try self.read().value("sallyport_open_operations") == 0)
    }

    @Test func theRecordKnowsMoreOpenOperationsThanThisProcess() throws {
        self.metrics.audit { AuditReadings(isWritable: false, openOperations: 5) }
        self.metrics.operationBegan()
        #expect(try self.read().value("sallyport_open_operations") == 5)
        #expect(try self.read().value("sallyport_audit_writable") == 0)
        self.metrics.audit { AuditReadings(isWritable: true) }
        #expect(try self.read().value("sallyport_open_operations") == 1)
    }

    @Test func aReloadedPolicyLeavesOneDigest() throws {
        self.metrics.policyDigest { "one" }
        self.metrics.policyDigest { "two" }
        let shown = try self.read().samples.filter { $0.name == "sallyport_policy_info" }
        #expect(shown.map(\.labels) == [["digest": "two"]])
        self.metrics.policyDigest { nil }
        #expect(try self.read().kinds["sallyport_policy_info"] == nil)
    }

    @Test(arguments: [
        (-1, "other"), (0, "other"), (99, "other"), (101, "1xx"), (304, "3xx"), (599, "5xx"), (700, "other"),
    ])
    func statusesBecomeClasses(status: Int, word: String) throws {
        self.metrics.answered(operation: .read, status: status, code: nil)
        let labels = ["operation": "read", "status": word, "code": ""]
        #expect(try self.read().value("sallyport_requests_total", labels) == 1)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity, -5, 1e300])
    func absurdTimesDoNoHarm(milliseconds: Double) throws {
        self.metrics.upstream(operation: .run, result: "answered", milliseconds: milliseconds)
        _ = try self.read()
    }

    @Test func labelsWithoutEndStayBounded() throws {
        for number in 0..<3_000 { self.metrics.authenticationFailed(reason: "r\(number)") }
        let samples = try self.read().samples.filter { $0.name == "sallyport_authentication_failures_total" }
        #expect(samples.count == 513)
        #expect(samples.map(\.value).reduce(0, +) == 3_000)
    }

    @Test func countsOfManyTasksAddUp() async throws {
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { [metrics] in
                    for round in 0..<1_000 {
                        metrics.answered(operation: round % 2 == 0 ? .run : .poll, status: 200, code: nil)
                        metrics.operationBegan()
                    }
                }
            }
        }
        let reading = try self.read()
        #expect(
            reading.value("sallyport_requests_total", ["operation": "run", "status": "2xx", "code": ""]) == 4_000)
        #expect(reading.value("sallyport_open_operations") == 8_000)
    }
}
