import ARMModel
import AuditModel
import PolicyCore
import Redaction
import StrictJSON

extension Gateway {
    /// A polling link of ours: authorised by ownership alone, relayed from ARM's own link.
    func poll(_ head: ARMRequestHead, _ context: CallContext) async -> GatewayAnswer {
        let stored: StoredOperation?
        do throws(AuditLogError) { stored = try await self.operation(head.operationID ?? "") } catch {
            return context.finished(ErrorAnswer.auditUnavailable.answer, index: nil)
        }
        guard let stored, let owned = OwnedOperation(stored, presentedBy: context.call.principal, target: head.target),
            let request = PermittedRequest(poll: owned, monitors: head.monitors, context: context.forwarding(.poll))
        else { return await self.refuse(.operationNotFound, context) }
        switch await self.send(request).0 {
        case .notSent(let why):
            return context.finished(ErrorAnswer.upstreamUnavailable(why).answer, index: request.index)
        case .outcomeUnknown(let why): return context.finished(Self.answerToBrokenRead(why), index: request.index)
        case .answered(let reply):
            var clean = self.clean(reply, self.registry.scrubber(ofTarget: stored.targetPath), context)
            let theirs = [stored.statusLink, stored.resultLink].compactMap { link in
                link.flatMap(ARMLink.operationID(ofOriginForm:))
            }
            clean.hide(theirs, behind: stored.id)
            let (answer, end) = self.answerToPoll(clean, stored, monitors: head.monitors)
            if let end { await self.ended(stored, end, context) }
            return context.finished(answer, index: request.index)
        }
    }

    /// The operation behind one of our ids, also where its row is still owed to the record.
    func operation(_ id: String) async throws(AuditLogError) -> StoredOperation? {
        guard let unrecorded = self.registry.unrecorded(id) else {
            return try await self.recorder.log.operation(id: id)
        }
        // A row that had timed out may have become durable since.
        if let stored = (try? await self.recorder.log.operation(id: id)) ?? nil {
            self.registry.recorded(id)
            return stored
        }
        return unrecorded
    }

    private func answerToPoll(
        _ clean: CleanReply, _ operation: StoredOperation, monitors: Bool
    ) -> (GatewayAnswer, end: Outcome?) {
        var extra: [(String, String)] = []
        if let seconds = clean.reply.retryAfter, clean.reply.status < 300 { extra.append(("retry-after", seconds)) }
        switch (clean.reply.status, monitors) {
        case (200, false):
            guard var status = clean.document.flatMap(OperationStatus.init)?.scrubbed(by: clean.scrubber) else {
                return (ErrorAnswer.answerInvalid("no operation status").answer, nil)
            }
            // Whatever stands there, it is no action's output.
            if operation.operation == .delete { status.elements = nil }
            // Without its elements nobody can say whether an action failed; the other link will show them.
            let isWithoutResult =
                operation.operation == .run && status.end == .succeeded && status.elements == nil
                && operation.resultLink != nil
            return (clean.answer(extra: extra), isWithoutResult ? nil : status.outcome)
        case (202, true):
            extra.append(("location", self.links.result(of: operation)))
            if operation.statusLink != nil { extra.append(("azure-asyncoperation", self.links.status(of: operation))) }
            return (clean.answer(extra: extra), nil)
        case (200, true) where operation.operation == .delete, (204, true) where operation.operation == .delete:
            guard clean.body != nil || clean.reply.body.isEmpty else {
                return (ErrorAnswer.answerInvalid("no end of a deletion").answer, nil)
            }
            return (clean.answer(), Outcome(status: .succeeded))
        case (200, true):
            if operation.operation == .run {
                guard let result = clean.document.flatMap(ActionResult.init) else {
                    return (ErrorAnswer.answerInvalid("no result").answer, nil)
                }
                return (clean.answer(), result.scrubbed(by: clean.scrubber).outcome)
            }
            guard Self.isCommand(clean.document, of: operation) else {
                return (ErrorAnswer.answerInvalid("no managed command").answer, nil)
            }
            return (clean.answer(), Outcome(status: .succeeded))
        default: return (self.answerToFailedRead(clean), nil)
        }
    }

    private static func isCommand(_ document: JSONNode?, of operation: StoredOperation) -> Bool {
        let name = ARMRequestHead.target(ofPath: operation.targetPath)?.runCommand
        return document.map { ManagedCommandDocument.isOne($0, named: name) } ?? false
    }

    /// A terminal answer was seen. An action's answer holds its result, and a deletion has none; of a managed command
    /// the gateway asks how the script ended, since the end of the operation does not tell.
    private func ended(_ operation: StoredOperation, _ end: Outcome, _ context: CallContext) async {
        await self.recordEnd(of: operation, context) { open in
            if open.operation == .run || open.operation == .delete { return end }
            switch await self.scriptEnd(of: open, context) {
            case .ended(let outcome):
                // The view of a command that could not be started is that of the run before.
                return end.status == .succeeded || outcome.status != .succeeded ? outcome : end
            case .running, .unreadable: return end.status == .succeeded ? nil : end
            case .gone: return end.status == .succeeded ? Outcome(status: .unknown) : end
            }
        }
    }

    /// The end was seen in a read of the command itself.
    func recordEnd(of id: String, _ end: Outcome, _ context: CallContext) async {
        guard let stored = (try? await self.operation(id)) ?? nil else { return }
        await self.recordEnd(of: stored, context) { _ in end }
    }

    /// Records the end once: whoever comes second, or while another is at it, leaves it at that.
    private func recordEnd(
        of operation: StoredOperation, _ context: CallContext, _ find: (StoredOperation) async -> Outcome?
    ) async {
        guard operation.endedMilliseconds == nil, self.registry.claimEnd(of: operation.id) else { return }
        defer { self.registry.releaseEnd(of: operation.id) }
        guard let open = (try? await self.operation(operation.id)) ?? nil, open.endedMilliseconds == nil,
            var end = await find(open)?.fit
        else { return }
        let knowledge = self.registry.knowledge(of: open)
        // They may quote what the machine ran, and a secret that is not known cannot be removed from it. A digest of a
        // short output would let whoever reads the record guess at it.
        if !knowledge.isWhole {
            end.executionMessage = nil
            end.outputSHA256 = nil
            end.errorSHA256 = nil
        }
        let (_, isNew) = await self.recorder.recordEnd(
            end, of: open, facts: self.facts(of: open, context), scrubbed: knowledge.scrubs)
        if isNew, !open.isUnknown { self.observer.operationEnded() }
        self.holders.ended(open.id)
        self.repeats.outcomeRecorded(open.id)
    }

    private func facts(of operation: StoredOperation, _ context: CallContext) -> RequestFacts {
        var facts = context.facts
        facts.requestID = operation.id
        facts.operation = operation.operation
        if let place = ARMRequestHead.place(ofPath: operation.targetPath) {
            facts.target = place.target
            facts.family = place.family
        }
        facts.apiVersion = operation.apiVersion
        facts.justification = nil
        facts.requestDigest = nil
        return facts
    }

    private enum ScriptEnd: Sendable {
        case ended(Outcome)
        case running
        /// Nothing shows this run's end any more: deleted, or replaced by a later update.
        case gone
        /// Not now; the next poll asks again.
        case unreadable
    }

    /// Reads the instance view, on record first.
    private func scriptEnd(of operation: StoredOperation, _ context: CallContext) async -> ScriptEnd {
        var lookup = context
        lookup.facts = self.facts(of: operation, context)
        guard let index = try? await self.recorder.recordLookup(of: lookup) else { return .unreadable }
        let request = PermittedRequest(
            lookupOf: operation.targetPath + "?$expand=instanceView&api-version=" + APIVersion.newest.text,
            context: context.forwarding(.read), recordedAt: index)
        guard case .answered(let reply) = await self.send(request).0 else { return .unreadable }
        if reply.status == 404 || self.registry.isSuperseded(operation) { return .gone }
        let clean = self.clean(reply, self.registry.scrubber(ofTarget: operation.targetPath), context)
        guard reply.status == 200, let document = clean.document, Self.isCommand(document, of: operation) else {
            return .unreadable
        }
        guard let view = document["properties"]?["instanceView"].map(InstanceView.init) else { return .gone }
        return view.isTerminal ? .ended(Outcome(view.scrubbed(by: clean.scrubber))) : .running
    }
}
