import ARMModel
import AuditModel
import PolicyCore

extension Gateway {
    /// DELETE of a managed command: takes it away, and stops it where it runs.
    func delete(_ head: ARMRequestHead, _ context: CallContext) async -> GatewayAnswer {
        let decision = self.policy().decide(Self.policyRequest(head, context, nil))
        guard decision.effect == .allow else { return await self.refuse(ErrorAnswer(decision), decision, context) }
        return await self.queue.withTurn(ASCIICase.lowered(head.upstreamPath)) {
            await self.deleteInTurn(head, context)
        }
    }

    private func deleteInTurn(_ head: ARMRequestHead, _ context: CallContext) async -> GatewayAnswer {
        // Asked again: while others had their turn the policy may have changed.
        let decision = self.policy().decide(Self.policyRequest(head, context, nil))
        guard decision.effect == .allow else { return await self.refuse(ErrorAnswer(decision), decision, context) }
        let recorded: RecordedDecision
        do throws(AuditLogError) { recorded = try await self.recorder.record(decision, of: context) } catch {
            return context.finished(ErrorAnswer.auditUnavailable.answer, index: nil)
        }
        guard
            let request = PermittedRequest(
                recorded, method: .delete, target: head.upstreamTarget(apiVersion: head.apiVersion), body: nil,
                context: context.forwarding(.delete))
        else { return await self.refuse(ErrorAnswer(decision), decision, context) }
        return await self.forwardDeletion(request, head, context)
    }

    /// Sends a deletion once and relays what ARM says. Unlike a command a deletion may be sent again: the second ends
    /// where the first would have, with no such command. So ARM's 5xx is relayed, though clients repeat it by
    /// themselves.
    private func forwardDeletion(
        _ request: PermittedRequest, _ head: ARMRequestHead, _ context: CallContext
    ) async -> GatewayAnswer {
        let (result, milliseconds) = await self.send(request)
        var facts = UpstreamFacts(result: "answered", durationMilliseconds: milliseconds)
        switch result {
        case .notSent(let why):
            facts.result = "notSent"
            facts.code = why
            return await self.relay(
                ErrorAnswer.upstreamUnavailable(why).answer, facts, head, context, request.index, ifLost: .failed)
        case .outcomeUnknown(let why):
            return await self.relayUnknownDeletion(why, facts, head, context, request.index)
        case .answered(let reply):
            let clean = self.clean(reply, self.registry.scrubber(ofTarget: head.upstreamPath), context)
            facts.status = reply.status
            facts.requestID = reply.requestID
            facts.redactions = clean.removed
            switch DeletionReply(reply, subscription: head.target.subscription ?? "", links: self.links) {
            case .unknown(let why): return await self.relayUnknownDeletion(why, facts, head, context, request.index)
            case .refused:
                facts.code = clean.errorCode
                return await self.relay(
                    clean.errorAnswer(), facts, head, context, request.index,
                    ifLost: reply.status < 500 ? .failed : .unknown)
            case .unauthorized:
                facts.code = clean.errorCode
                let answer =
                    self.passesCallerToken
                    ? clean.errorAnswer()
                    : ErrorAnswer.credentialRefused.answer
                return await self.relay(answer, facts, head, context, request.index, ifLost: .failed)
            case .finished:
                self.registry.mayBeDeleted(head.upstreamPath)
                _ = await self.recorder.recordAnswer(facts, of: context.facts, ifLost: nil)
                await self.recorder.recordImmediateEnd(Outcome(status: .succeeded), of: context.facts)
                return context.finished(clean.answer(), index: request.index)
            case .accepted(let status, let result):
                return await self.relayBegunDeletion(clean, (status, result), facts, head, context, request.index)
            }
        }
    }

    private func relay(
        _ answer: GatewayAnswer, _ facts: UpstreamFacts, _ head: ARMRequestHead, _ context: CallContext,
        _ index: AuditIndex, ifLost: OutcomeStatus
    ) async -> GatewayAnswer {
        if ifLost == .unknown { self.registry.mayBeDeleted(head.upstreamPath) }
        _ = await self.recorder.recordAnswer(facts, of: context.facts, ifLost: Outcome(status: ifLost))
        return context.finished(answer, index: index)
    }

    private func relayUnknownDeletion(
        _ why: String, _ facts: UpstreamFacts, _ head: ARMRequestHead, _ context: CallContext, _ index: AuditIndex
    ) async -> GatewayAnswer {
        var facts = facts
        facts.result = "outcomeUnknown"
        facts.code = why
        self.observer.outcomeUnknown()
        return await self.relay(
            ErrorAnswer.deletionUnknown(why, requestID: context.requestID).answer, facts, head, context, index,
            ifLost: .unknown)
    }

    /// The operation is stored in the same transaction as the response row, before the caller learns its links.
    private func relayBegunDeletion(
        _ clean: CleanReply, _ links: (status: ARMLink?, result: ARMLink?), _ facts: UpstreamFacts,
        _ head: ARMRequestHead, _ context: CallContext, _ index: AuditIndex
    ) async -> GatewayAnswer {
        let link = links.result ?? links.status
        let operation = StoredOperation(
            id: context.requestID, owner: context.call.owner, operation: .delete,
            subscription: head.target.subscription ?? "", location: link?.location ?? "",
            targetPath: head.upstreamPath, apiVersion: head.apiVersion.text, statusLink: links.status?.originForm,
            resultLink: links.result?.originForm, decisionIndex: index.value, createdMilliseconds: self.now())
        var facts = facts
        facts.operationID = link?.operationID
        let isRecorded = await self.recorder.recordAnswer(facts, of: context.facts, begins: operation, ifLost: nil)
        self.registry.mayBeDeleted(head.upstreamPath)
        self.registry.began(operation, isWhole: true, isRecorded: isRecorded)
        self.observer.operationBegan()
        var clean = clean
        clean.hide([links.status, links.result].compactMap { $0?.operationID }, behind: operation.id)
        var extra: [(String, String)] = []
        self.links.add(operation, to: &extra)
        if let seconds = clean.reply.retryAfter { extra.append(("retry-after", seconds)) }
        return context.finished(clean.answer(extra: extra), index: index)
    }
}

extension ErrorAnswer {
    fileprivate static func deletionUnknown(_ why: String, requestID: String) -> ErrorAnswer {
        ErrorAnswer(
            status: 409, code: "UpstreamOutcomeUnknown",
            message: "The deletion was sent and no usable answer came back (\(why)): the command may be gone, and "
                + "stopped if it ran. GET it to find out; deleting it again is safe. On record as request "
                + "\(requestID).", target: requestID)
    }
}
