/// Metrics whose values others keep. Each closure is called at every scrape, on the scraper's thread; it must not wait.
/// Calling a function again replaces what was given before.
extension GatewayMetrics {
    /// The record also knows operations that were begun before a restart, so its count replaces ours.
    package func audit(_ read: @escaping @Sendable () -> AuditReadings) {
        self.read(MetricNames.auditWritable) { read().isWritable ? 1 : 0 }
        self.read(MetricNames.auditWaiting) { Double(read().waitingRecords) }
        self.read(MetricNames.auditCommits) { Double(read().commits) }
        self.read(MetricNames.auditRecords) { Double(read().records) }
        self.read(MetricNames.auditLastCommit) { read().lastCommitSeconds }
        self.read(MetricNames.auditCommitTime) { read().commitSeconds }
        self.read(MetricNames.openOperations) { [openOperations] in
            Double(read().openOperations ?? openOperations.count)
        }
        self.collect(MetricNames.auditFailures) {
            let readings = read()
            return [
                ScrapedSample(labels: [("reason", "failed")], value: Double(readings.failedRecords)),
                ScrapedSample(labels: [("reason", "timedOut")], value: Double(readings.timedOutRecords)),
            ]
        }
    }

    /// - Parameter read: seconds since each issuer's key set was loaded; an issuer without a key set is left out.
    package func keySetAges(_ read: @escaping @Sendable () -> [String: Double]) {
        self.collect(MetricNames.keySetAge) {
            read().map { ScrapedSample(labels: [("issuer", $0.key)], value: $0.value) }
        }
    }

    /// - Parameters:
    ///   - name: which certificate, e.g. `listener`.
    ///   - read: the end of its validity, in seconds since 1970.
    package func certificateExpiry(of name: String, _ read: @escaping @Sendable () -> Double?) {
        let metric = MetricNames.certificateExpiry
        self.registry.gauge(name: metric.name, help: metric.help, labels: [("certificate", name)], value: read)
    }

    /// - Parameter read: the digest of the policy in force; `nil` while there is none.
    package func policyDigest(_ read: @escaping @Sendable () -> String?) {
        self.collect(MetricNames.policyInfo) {
            read().map { [ScrapedSample(labels: [("digest", $0)], value: 1)] } ?? []
        }
    }

    /// - Parameters:
    ///   - open: connections open now.
    ///   - refused: connections closed at once because too many were open, since the start.
    ///   - brokenRequests: requests refused before any handler saw them, since the start.
    package func connections(
        open: @escaping @Sendable () -> Int, refused: @escaping @Sendable () -> Int,
        brokenRequests: @escaping @Sendable () -> Int
    ) {
        self.read(MetricNames.openConnections) { Double(open()) }
        self.read(MetricNames.refusedConnections) { Double(refused()) }
        self.read(MetricNames.brokenRequests) { Double(brokenRequests()) }
    }

    /// Says whether the callers' own tokens go to ARM (credential type `passthrough`).
    package func upstreamPassthrough(_ isOn: Bool) {
        self.read(MetricNames.upstreamPassthrough) { isOn ? 1 : 0 }
    }

    private func read(_ metric: MetricDescription, _ value: @escaping @Sendable () -> Double?) {
        self.collect(metric) { value().map { [ScrapedSample(value: $0)] } ?? [] }
    }

    private func collect(_ metric: MetricDescription, _ samples: @escaping @Sendable () -> [ScrapedSample]) {
        self.registry.collect(name: metric.name, kind: metric.kind, help: metric.help, samples: samples)
    }
}
