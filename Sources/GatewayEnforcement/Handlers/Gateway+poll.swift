import ARMModel
import AuditModel
import PolicyCore
import Redaction
import StrictJSON

extension Gateway {
    /// A polling link of ours: authorised by ownership alone, relayed from ARM's own link.
    func poll(_ head: ARMRequestHead, _ context: CallContext) async -> GatewayAnswer {
        let id = head.operationID ?? ""
        let stored: StoredOperation?
        if let unrecorded = self.registry.unrecorded(id) {
            stored = unrecorded
        } else {
            do throws(AuditLogError) { stored = try await self.recorder.log.operation(id: id) } catch {
                return context.finished(ErrorAnswer.auditUnavailable.answer, index: nil)
            }
        }
        guard let stored,
            let owned = OwnedOperation(stored, presentedBy: context.call.principal, target: head.target),
            let link = head.monitors ? stored.resultLink : stored.statusLink
        else { return await self.refuse(.operationNotFound, context) }
        let request = PermittedRequest(poll: owned, link: link, context: context.forwarding(.poll))
        let index = AuditIndex(durable: stored.decisionIndex)
        switch await self.send(request).0 {
        case .notSent(let why): return context.finished(ErrorAnswer.upstreamUnavailable(why).answer, index: index)
        case .outcomeUnknown(let why): return context.finished(Self.answerToBrokenRead(why), index: index)
        case .answered(let reply):
            let scrubber = self.registry.scrubber(of: id)
            var clean = CleanReply(reply, scrubber: scrubber ?? Scrubber([]))
            if let theirs = ARMLink.operationID(ofOriginForm: link) {
                clean.body = clean.body.map { IdentifierReplacement.replacing(theirs, with: id, in: $0) }
            }
            let (answer, end) = self.answerToPoll(clean, stored, monitors: head.monitors)
            if let end { await self.ended(stored, end, scrubbed: scrubber != nil, context) }
            return context.finished(answer, index: index)
        }
    }

    private func answerToPoll(
        _ clean: CleanReply, _ operation: StoredOperation, monitors: Bool
    ) -> (GatewayAnswer, end: Outcome?) {
        var extra: [(String, String)] = []
        if let seconds = clean.reply.retryAfter, clean.reply.status < 300 { extra.append(("retry-after", seconds)) }
        switch (clean.reply.status, monitors) {
        case (200, false):
            guard let status = clean.body.flatMap(OperationStatus.init) else {
                return (ErrorAnswer.answerInvalid("no operation status").answer, nil)
            }
            return (clean.answer(extra: extra), status.outcome)
        case (202, true):
            extra.append(("location", self.links.result(of: operation)))
            if operation.statusLink != nil { extra.append(("azure-asyncoperation", self.links.status(of: operation))) }
            return (clean.answer(extra: extra), nil)
        case (200, true):
            if operation.operation == .run {
                guard let result = clean.body.flatMap(ActionResult.init) else {
                    return (ErrorAnswer.answerInvalid("no result").answer, nil)
                }
                return (clean.answer(), result.outcome)
            }
            guard clean.body?["properties"]?.members != nil else {
                return (ErrorAnswer.answerInvalid("no managed command").answer, nil)
            }
            return (clean.answer(), Outcome(status: .succeeded))
        default: return (self.answerToFailedRead(clean), nil)
        }
    }

    /// A terminal answer was seen. An action's answer holds its result; of a managed command the gateway asks how the
    /// script ended, since the end of the operation does not tell.
    private func ended(
        _ operation: StoredOperation, _ end: Outcome, scrubbed: Bool, _ context: CallContext
    ) async {
        guard operation.endedMilliseconds == nil else { return }
        var end = end
        if operation.operation != .run, end.status == .succeeded {
            guard let view = await self.instanceView(of: operation, context), view.isTerminal else { return }
            end = Outcome(view)
        }
        await self.recordEnd(operation, end, scrubbed: scrubbed, context)
    }

    /// The end was seen in a read of the command itself.
    func recordEnd(of id: String, _ end: Outcome, _ context: CallContext) async {
        let stored: StoredOperation?
        if let unrecorded = self.registry.unrecorded(id) {
            stored = unrecorded
        } else {
            stored = (try? await self.recorder.log.operation(id: id)) ?? nil
        }
        guard let stored, stored.endedMilliseconds == nil else { return }
        await self.recordEnd(stored, end, scrubbed: self.registry.scrubber(of: id) != nil, context)
    }

    private func recordEnd(
        _ operation: StoredOperation, _ end: Outcome, scrubbed: Bool, _ context: CallContext
    ) async {
        var facts = self.facts(of: operation, context)
        facts.apiVersion = operation.apiVersion
        let isUnrecorded = self.registry.unrecorded(operation.id) != nil
        do throws(AuditLogError) {
            _ = try await self.recorder.recordOutcome(
                end, of: facts, scrubbed: scrubbed,
                change: isUnrecorded ? nil : .end(id: operation.id, atMilliseconds: self.now()))
            self.registry.ended(operation)
            self.observer.operationEnded()
        } catch {
            // Ended before, or not writable now: the next terminal answer tries again.
            if error == .alreadyEnded { self.registry.ended(operation) }
        }
    }

    private func facts(of operation: StoredOperation, _ context: CallContext) -> RequestFacts {
        var facts = context.facts
        facts.requestID = operation.id
        facts.operation = operation.operation
        facts.target = ARMRequestHead.target(ofPath: operation.targetPath)
        facts.justification = nil
        return facts
    }

    /// Reads the instance view, on record first.
    private func instanceView(of operation: StoredOperation, _ context: CallContext) async -> InstanceView? {
        var lookup = context
        lookup.facts = self.facts(of: operation, context)
        guard let index = try? await self.recorder.recordLookup(of: lookup) else { return nil }
        let request = PermittedRequest(
            lookupOf: operation.targetPath + "?$expand=instanceView&api-version=" + APIVersion.newest.text,
            context: context.forwarding(.read), recordedAt: index)
        guard case .answered(let reply) = await self.send(request).0, reply.status == 200,
            let node = try? JSONReader.read(reply.body, limits: .answer, names: .refuseIdentical)
        else { return nil }
        return node["properties"]?["instanceView"].map(InstanceView.init)
    }
}
