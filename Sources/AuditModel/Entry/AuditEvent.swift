/// What a row of the record tells.
package enum AuditEvent: String, Sendable, Hashable, CaseIterable {
    /// Allow and deny alike; durable before anything is forwarded.
    case decision
    /// Before the gateway reads a stored command to judge an update.
    case lookup
    /// What ARM answered.
    case response
    /// How it ended; once.
    case outcome
    case authenticationFailed
    case started, stopped, policyLoaded, policyRejected, auditRead
}
