import ARMModel
import AuditModel
import PolicyCore

/// Writes what was decided and what came of it. A ``RecordedDecision`` leaves here only when its row is durable.
struct DecisionRecorder: Sendable {
    let log: any AuditLog
    let encoder: EntryEncoder
    let observer: any GatewayObserver
    let now: @Sendable () -> Int64

    func record(
        _ decision: Decision, of context: CallContext, command: Command? = nil,
        extras: CommandExtras = CommandExtras(), content: UnreadableContent? = nil
    ) async throws(AuditLogError) -> RecordedDecision {
        let entry = self.encoder.decision(
            at: self.now(), request: context.facts, principal: context.call.principal, command: command,
            extras: extras, content: content, decision: decision)
        let index = try await self.log.append(entry, change: nil)
        self.observer.decided(operation: context.facts.operation, effect: decision.effect, rule: decision.rule)
        return RecordedDecision(decision: decision, durableAt: index)
    }

    func recordLookup(
        of context: CallContext, command: Command? = nil, extras: CommandExtras = CommandExtras()
    ) async throws(AuditLogError) -> AuditIndex {
        let entry = self.encoder.lookup(
            at: self.now(), request: context.facts, principal: context.call.principal, command: command,
            extras: extras)
        return try await self.log.append(entry, change: nil)
    }

    func recordResponse(
        _ upstream: UpstreamFacts, of facts: RequestFacts, change: OperationChange? = nil
    ) async throws(AuditLogError) -> AuditIndex {
        let entry = self.encoder.response(at: self.now(), request: facts, upstream: upstream)
        return try await self.log.append(entry, change: change)
    }

    func recordOutcome(
        _ outcome: Outcome, of facts: RequestFacts, scrubbed: Bool, change: OperationChange?
    ) async throws(AuditLogError) -> AuditIndex {
        let entry = self.encoder.outcome(at: self.now(), request: facts, outcome: outcome, scrubbed: scrubbed)
        return try await self.log.append(entry, change: change)
    }
}
