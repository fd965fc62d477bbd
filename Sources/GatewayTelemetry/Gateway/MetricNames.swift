/// One metric as operators know it: dashboards and alerts hang on these words.
package struct MetricDescription: Sendable, Hashable {
    package let name: String
    package let kind: MetricKind
    /// Label names. A label with an empty value is, to Prometheus, a label that is not there.
    package let labels: [String]
    package let help: String
}

/// Every metric of the gateway, in one place. What stands here is what `/metrics` can show, and nothing else.
package enum MetricNames {
    package static let requests = MetricDescription(
        name: "sallyport_requests_total", kind: .counter, labels: ["operation", "status", "code"],
        help: "Answers given, by operation, class of status (2xx) and error code (empty where there is none).")
    package static let decisions = MetricDescription(
        name: "sallyport_decisions_total", kind: .counter, labels: ["effect", "rule"],
        help: "Decisions by effect and rule (empty where no rule matched).")
    package static let authenticationFailures = MetricDescription(
        name: "sallyport_authentication_failures_total", kind: .counter, labels: ["reason"],
        help: "Requests without a valid identity, by reason.")
    package static let upstreamTime = MetricDescription(
        name: "sallyport_upstream_duration_seconds", kind: .histogram, labels: ["operation", "result"],
        help: "Time of exchanges with Azure Resource Manager, by operation and result.")
    package static let upstreamPassthrough = MetricDescription(
        name: "sallyport_upstream_passthrough", kind: .gauge, labels: [],
        help: "1 if callers' own tokens are forwarded: such callers can go around the gateway.")
    package static let openOperations = MetricDescription(
        name: "sallyport_open_operations", kind: .gauge, labels: [],
        help: "Long-running operations begun and not known to have ended.")
    package static let unknownOutcomes = MetricDescription(
        name: "sallyport_unknown_outcomes_total", kind: .counter, labels: [],
        help: "Commands that may or may not have run.")
    package static let auditWritable = MetricDescription(
        name: "sallyport_audit_writable", kind: .gauge, labels: [],
        help: "1 while the record can be written; while it is 0 nothing is forwarded.")
    package static let auditWaiting = MetricDescription(
        name: "sallyport_audit_waiting_records", kind: .gauge, labels: [],
        help: "Records handed in and not yet durable.")
    package static let auditCommits = MetricDescription(
        name: "sallyport_audit_commits_total", kind: .counter, labels: [],
        help: "Transactions of the record that became durable.")
    package static let auditRecords = MetricDescription(
        name: "sallyport_audit_records_total", kind: .counter, labels: [],
        help: "Records that became durable.")
    package static let auditFailures = MetricDescription(
        name: "sallyport_audit_failures_total", kind: .counter, labels: ["reason"],
        help: "Records that could not be written, or not within audit.writeSeconds.")
    package static let auditLastCommit = MetricDescription(
        name: "sallyport_audit_last_commit_seconds", kind: .gauge, labels: [],
        help: "How long the last transaction of the record took.")
    package static let auditCommitTime = MetricDescription(
        name: "sallyport_audit_commit_seconds_total", kind: .counter, labels: [],
        help: "Time spent in transactions of the record; divided by the commits, their mean.")
    package static let keySetAge = MetricDescription(
        name: "sallyport_key_set_age_seconds", kind: .gauge, labels: ["issuer"],
        help: "Age of a token issuer's key set since it was last loaded.")
    package static let certificateExpiry = MetricDescription(
        name: "sallyport_certificate_expiry_timestamp_seconds", kind: .gauge, labels: ["certificate"],
        help: "When a certificate of the gateway expires, in seconds since 1970.")
    package static let policyInfo = MetricDescription(
        name: "sallyport_policy_info", kind: .gauge, labels: ["digest"],
        help: "Always 1; its label is the digest of the policy in force.")
    package static let openConnections = MetricDescription(
        name: "sallyport_open_connections", kind: .gauge, labels: [],
        help: "Connections open on the main listener.")
    package static let refusedConnections = MetricDescription(
        name: "sallyport_refused_connections_total", kind: .counter, labels: [],
        help: "Connections of the main listener closed at once because too many were open.")
    package static let brokenRequests = MetricDescription(
        name: "sallyport_broken_requests_total", kind: .counter, labels: [],
        help: "Requests that were no readable HTTP, or over a limit, and were refused before any handler saw them.")

    package static let all = [
        requests, decisions, authenticationFailures, upstreamTime, upstreamPassthrough, openOperations,
        unknownOutcomes, auditWritable, auditWaiting, auditCommits, auditRecords, auditFailures, auditLastCommit,
        auditCommitTime, keySetAge, certificateExpiry, policyInfo, openConnections, refusedConnections,
        brokenRequests,
    ]
}
