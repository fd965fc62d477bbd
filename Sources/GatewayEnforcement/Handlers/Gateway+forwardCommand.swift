import ARMModel
import AuditModel
import PolicyCore
import Redaction

extension Gateway {
    /// Sends a command, records what ARM answered, and relays it. Never sends twice. Once something was sent, the
    /// answer is neither 408 nor 429 nor 5xx unless ARM's own answer proves that nothing ran: Azure's clients would
    /// send the command again by themselves.
    func forwardCommand(
        _ request: PermittedRequest, _ head: ARMRequestHead, _ context: CallContext, scrubber: Scrubber
    ) async -> GatewayAnswer {
        let (result, milliseconds) = await self.send(request)
        var facts = UpstreamFacts(result: "answered", durationMilliseconds: milliseconds)
        switch result {
        case .notSent(let why):
            facts.result = "notSent"
            facts.code = why
            return await self.relay(ErrorAnswer.upstreamUnavailable(why).answer, facts, context, request.index)
        case .outcomeUnknown(let why):
            return await self.relayUnknown(why, facts, context, request.index)
        case .answered(let reply):
            let clean = CleanReply(reply, scrubber: scrubber)
            facts.status = reply.status
            facts.requestID = reply.requestID
            facts.redactions = clean.removed
            let meaning = CommandReply(
                clean, operation: head.route.operation, subscription: head.target.subscription ?? "", links: self.links)
            switch meaning {
            case .unknown(let why): return await self.relayUnknown(why, facts, context, request.index)
            case .refused:
                facts.code = clean.errorCode
                return await self.relay(clean.errorAnswer(), facts, context, request.index)
            case .unauthorized:
                facts.code = clean.errorCode
                let answer =
                    self.passesCallerToken
                    ? clean.errorAnswer()
                    : ErrorAnswer.upstreamUnavailable("it refused the gateway's own credential").answer
                return await self.relay(answer, facts, context, request.index)
            case .stored: return await self.relay(clean.answer(), facts, context, request.index)
            case .finished(let outcome):
                let answer = await self.relay(clean.answer(), facts, context, request.index)
                _ = try? await self.recorder.recordOutcome(outcome, of: context.facts, scrubbed: true, change: nil)
                return answer
            case .accepted(let status, let result):
                return await self.relayAccepted(
                    clean, (status, result), facts, head, context, request.index, scrubber: scrubber)
            }
        }
    }

    private func relay(
        _ answer: GatewayAnswer, _ facts: UpstreamFacts, _ context: CallContext, _ index: AuditIndex
    ) async -> GatewayAnswer {
        // ARM has spoken: its answer is relayed even if this row cannot be written (CONTRACT §3).
        _ = try? await self.recorder.recordResponse(facts, of: context.facts)
        return context.finished(answer, index: index)
    }

    private func relayUnknown(
        _ why: String, _ facts: UpstreamFacts, _ context: CallContext, _ index: AuditIndex
    ) async -> GatewayAnswer {
        var facts = facts
        facts.result = "outcomeUnknown"
        facts.code = why
        self.observer.outcomeUnknown()
        return await self.relay(
            ErrorAnswer.outcomeUnknown(why, requestID: context.requestID).answer, facts, context, index)
    }

    /// The operation is stored in the same transaction as the response row, before the caller learns its link.
    private func relayAccepted(
        _ clean: CleanReply, _ links: (status: ARMLink?, result: ARMLink?), _ facts: UpstreamFacts,
        _ head: ARMRequestHead, _ context: CallContext, _ index: AuditIndex, scrubber: Scrubber
    ) async -> GatewayAnswer {
        guard let link = links.result ?? links.status else {
            return await self.relayUnknown("missing link", facts, context, index)
        }
        let operation = StoredOperation(
            id: context.requestID, owner: OperationOwner(context.call.principal), operation: head.route.operation,
            subscription: head.target.subscription ?? "", location: link.location,
            targetPath: ASCIICase.lowered(head.upstreamPath), apiVersion: head.apiVersion.text,
            statusLink: links.status?.originForm, resultLink: links.result?.originForm, decisionIndex: index.value,
            createdMilliseconds: self.now())
        var facts = facts
        facts.operationID = link.operationID
        let isRecorded: Bool
        do throws(AuditLogError) {
            _ = try await self.recorder.recordResponse(facts, of: context.facts, change: .begin(operation))
            isRecorded = true
        } catch {
            isRecorded = false
        }
        self.registry.began(operation, scrubber: scrubber, isRecorded: isRecorded)
        self.observer.operationBegan()
        var extra: [(String, String)] = []
        if links.status != nil { extra.append(("azure-asyncoperation", self.links.status(of: operation))) }
        if links.result != nil { extra.append(("location", self.links.result(of: operation))) }
        if let seconds = clean.reply.retryAfter { extra.append(("retry-after", seconds)) }
        return context.finished(clean.answer(extra: extra), index: index)
    }
}
