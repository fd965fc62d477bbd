import ARMModel
import AuditModel
import PolicyCore
import Redaction
import StrictJSON

/// What a read relays of ARM's 200.
enum ReadContent: Sendable {
    case fit(JSONNode)
    /// A bounded phrase: why the answer is not what the operation defines.
    case unfit(String)
}

extension Gateway {
    /// The one way of all reads: decided, on record, sent, cleaned, and what came of it on record, before the caller
    /// gets the answer.
    /// - Parameters:
    ///   - scrubber: the secrets that the answer might show; asked for when the answer is there.
    ///   - content: what is relayed of a 200's body, which is redacted and scrubbed; with the policy that decided.
    func forwardRead(
        _ head: ARMRequestHead, _ context: CallContext, scrubber: @Sendable () -> Scrubber? = { nil },
        content: @Sendable (CleanReply, Policy) async -> ReadContent
    ) async -> GatewayAnswer {
        let policy = self.policy()
        let decision = policy.decide(Self.policyRequest(head, context, nil))
        guard decision.effect == .allow else { return await self.refuse(ErrorAnswer(decision), decision, context) }
        var target = head.upstreamTarget(apiVersion: head.apiVersion)
        if let token = head.skipToken {
            guard let link = self.pageLinks.next(behind: token, in: PageScope(head, context)) else {
                return await self.refuse(ErrorAnswer.foreignPageLink, context)
            }
            target = link
        }
        let recorded: RecordedDecision
        do throws(AuditLogError) { recorded = try await self.recorder.record(decision, of: context) } catch {
            return context.finished(ErrorAnswer.auditUnavailable.answer, index: nil)
        }
        guard
            let request = PermittedRequest(
                recorded, method: .get, target: target, body: nil, context: context.forwarding(head.route.operation))
        else { return await self.refuse(ErrorAnswer(decision), decision, context) }
        let (result, milliseconds) = await self.send(request)
        var facts = UpstreamFacts(result: "answered", durationMilliseconds: milliseconds)
        let answer: GatewayAnswer
        switch result {
        case .notSent(let why):
            facts.result = "notSent"
            facts.code = why
            answer = ErrorAnswer.upstreamUnavailable(why).answer
        case .outcomeUnknown(let why):
            facts.result = "outcomeUnknown"
            facts.code = why
            answer = Self.answerToBrokenRead(why)
        case .answered(let reply):
            let clean = self.clean(reply, scrubber(), context)
            facts.status = reply.status
            facts.requestID = reply.requestID
            facts.redactions = clean.removed
            answer = await self.answerToRead(clean, policy, content)
            facts.code = reply.status < 400 ? answer.code : clean.errorCode
        }
        await self.recorder.recordResponse(facts, of: context.facts)
        return context.finished(answer, index: recorded.index)
    }

    private func answerToRead(
        _ clean: CleanReply, _ policy: Policy, _ content: @Sendable (CleanReply, Policy) async -> ReadContent
    ) async -> GatewayAnswer {
        guard clean.reply.status == 200 else { return self.answerToFailedRead(clean) }
        switch await content(clean, policy) {
        case .unfit(let why): return ErrorAnswer.answerInvalid(why).answer
        case .fit(let body):
            var relayed = clean
            relayed.body = body
            return relayed.answer()
        }
    }

    /// Any answer to a read but the one that the operation defines.
    func answerToFailedRead(_ clean: CleanReply) -> GatewayAnswer {
        switch clean.reply.status {
        case 401 where !self.passesCallerToken:
            ErrorAnswer.credentialRefused.answer
        case 400...599: clean.errorAnswer()
        default: ErrorAnswer.answerInvalid("status \(clean.reply.status)").answer
        }
    }

    /// A read that was cut may be sent again; one that was answered with garbage tells of a broken peer.
    static func answerToBrokenRead(_ why: String) -> GatewayAnswer {
        switch why {
        case "malformedAnswer", "tooLarge", "encoded": ErrorAnswer.answerInvalid(why).answer
        default: ErrorAnswer.upstreamUnavailable(why).answer
        }
    }
}
