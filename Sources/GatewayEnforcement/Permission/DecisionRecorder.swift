import ARMModel
import AuditModel
import PolicyCore

/// Writes what was decided and what came of it. A ``RecordedDecision`` leaves here only when its row is durable.
struct DecisionRecorder: Sendable {
    let log: any AuditLog
    let encoder: EntryEncoder
    let observer: any GatewayObserver
    let registry: OperationRegistry
    let now: @Sendable () -> Int64
    let owed = OwedRows()

    /// - Parameter ends: the command of unknown outcome that this request's caller knows about: nothing is held back
    ///   for it any more once this row is durable.
    func record(
        _ decision: Decision, of context: CallContext, command: Command? = nil,
        extras: CommandExtras = CommandExtras(), content: UnreadableContent? = nil, ends acknowledged: String? = nil
    ) async throws(AuditLogError) -> RecordedDecision {
        let entry = self.encoder.decision(
            at: self.now(), request: context.facts, principal: context.call.principal, command: command,
            extras: extras, content: content, decision: decision)
        let index: AuditIndex
        do throws(AuditLogError) {
            let change = acknowledged.map { OperationChange.end(id: $0, atMilliseconds: self.now()) }
            do throws(AuditLogError) { index = try await self.append(entry, change: change) } catch {
                // Its row was never written, or its hold has ended since: there is nothing left to end.
                guard error == .alreadyEnded else { throw error }
                index = try await self.append(entry)
            }
        } catch {
            if error == .timedOut, decision.effect == .allow { self.oweNothingSent(of: context.facts) }
            throw error
        }
        self.observer.decided(operation: context.facts.operation, effect: decision.effect, rule: decision.rule)
        return RecordedDecision(decision: decision, durableAt: index)
    }

    /// The row of a permission may become durable after its caller was told that it could not be: nothing was sent, and
    /// without a word of that it would look like a command that may have run.
    private func oweNothingSent(of facts: RequestFacts) {
        let upstream = UpstreamFacts(result: "notSent", code: "auditTimedOut", durationMilliseconds: 0)
        self.owed.owe(.plain(self.encoder.response(at: self.now(), request: facts, upstream: upstream)))
    }

    func recordLookup(
        of context: CallContext, command: Command? = nil, extras: CommandExtras = CommandExtras()
    ) async throws(AuditLogError) -> AuditIndex {
        let entry = self.encoder.lookup(
            at: self.now(), request: context.facts, principal: context.call.principal, command: command,
            extras: extras)
        return try await self.append(entry)
    }

    /// What came of a read; it is relayed whether or not the row can be written.
    func recordResponse(_ upstream: UpstreamFacts, of facts: RequestFacts) async {
        _ = try? await self.append(self.encoder.response(at: self.now(), request: facts, upstream: upstream))
    }

    /// What came of a command. ARM has spoken, so this cannot fail: a row that cannot be written now is owed, and an
    /// `outcome` closes the gap (CONTRACT §3, "At most once").
    /// - Parameters:
    ///   - operation: what the answer began.
    ///   - ifLost: how it ended as far as the answer tells; `nil` where an operation will tell.
    /// - Returns: whether the row is durable.
    func recordAnswer(
        _ upstream: UpstreamFacts, of facts: RequestFacts, begins operation: StoredOperation? = nil, ifLost: Outcome?
    ) async -> Bool {
        let entry = self.encoder.response(at: self.now(), request: facts, upstream: upstream)
        do throws(AuditLogError) {
            _ = try await self.append(entry, change: operation.map { .begin($0) })
            return true
        } catch {
            // After a time-out the row is still in line and may become durable by itself.
            if error != .timedOut { self.owed.owe(operation.map { .begin(entry, id: $0.id) } ?? .plain(entry)) }
            if let ifLost {
                self.owed.owe(
                    .plain(self.encoder.outcome(at: self.now(), request: facts, outcome: ifLost, scrubbed: true)))
            }
            return false
        }
    }

    /// A command that was on its way when the gateway died: the row that was never written, and the hold.
    func recordInterrupted(
        _ command: UnansweredCommand, _ operation: StoredOperation
    ) async throws(AuditLogError) {
        let facts = RequestFacts(
            requestID: command.requestID, correlationID: command.correlationID,
            clientRequestID: command.clientRequestID, clientAddress: "", operation: command.operation,
            family: command.family, target: command.target, apiVersion: command.apiVersion)
        let upstream = UpstreamFacts(result: "outcomeUnknown", code: "gatewayDied", durationMilliseconds: 0)
        let entry = self.encoder.response(at: self.now(), request: facts, upstream: upstream)
        _ = try await self.append(entry, change: .begin(operation))
    }

    /// The end of a command that ended with ARM's first answer.
    func recordImmediateEnd(_ outcome: Outcome, of facts: RequestFacts) async {
        let entry = self.encoder.outcome(at: self.now(), request: facts, outcome: outcome, scrubbed: true)
        do throws(AuditLogError) { _ = try await self.append(entry) } catch {
            if error != .timedOut { self.owed.owe(.plain(entry)) }
        }
    }

    /// The end of an operation, once.
    /// - Returns: whether the end is on record now, by this row or an earlier one.
    func recordEnd(
        _ outcome: Outcome, of operation: StoredOperation, facts: RequestFacts, scrubbed: Bool
    ) async -> (isRecorded: Bool, isNew: Bool) {
        let time = self.now()
        let entry = self.encoder.outcome(at: time, request: facts, outcome: outcome, scrubbed: scrubbed)
        let isStored = self.registry.unrecorded(operation.id) == nil
        do throws(AuditLogError) {
            _ = try await self.append(
                entry, change: isStored ? .end(id: operation.id, atMilliseconds: time) : nil)
            self.registry.ended(
                operation.id, target: operation.targetPath, atMilliseconds: time,
                showsOnlyThis: operation.operation == .create && outcome.status == .succeeded && !operation.isUnknown)
            return (true, true)
        } catch {
            switch error {
            case .alreadyEnded:
                self.registry.ended(operation.id, target: operation.targetPath, atMilliseconds: time)
                return (true, false)
            case .timedOut: break
            case .writeFailed, .closed:
                self.owed.owe(
                    .end(entry, id: operation.id, target: operation.targetPath, atMilliseconds: time))
            }
            return (false, false)
        }
    }

    private func append(_ entry: AuditEntry, change: OperationChange? = nil) async throws(AuditLogError) -> AuditIndex {
        let index = try await self.log.append(entry, change: change)
        await self.owed.pay(to: self.log, registry: self.registry)
        return index
    }
}
