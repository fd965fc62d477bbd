import ARMModel
import AuditModel
import PolicyCore
import Redaction
import StrictJSON

extension Gateway {
    /// GET of one managed command.
    func read(_ head: ARMRequestHead, _ context: CallContext) async -> GatewayAnswer {
        let decision = self.policy().decide(Self.policyRequest(head, context, nil))
        guard decision.effect == .allow else { return await self.refuse(ErrorAnswer(decision), decision, context) }
        let recorded: RecordedDecision
        do throws(AuditLogError) { recorded = try await self.recorder.record(decision, of: context) } catch {
            return context.finished(ErrorAnswer.auditUnavailable.answer, index: nil)
        }
        guard
            let request = PermittedRequest(
                recorded, method: .get, target: head.upstreamTarget(apiVersion: head.apiVersion), body: nil,
                context: context.forwarding(.read))
        else { return await self.refuse(ErrorAnswer(decision), decision, context) }
        // Asked before the read goes out: what it shows is not the end of an update that comes meanwhile.
        let open = self.registry.open(target: head.upstreamPath)
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
            let clean = self.clean(reply, self.registry.scrubber(ofTarget: head.upstreamPath), context)
            facts.status = reply.status
            facts.requestID = reply.requestID
            facts.redactions = clean.removed
            answer = self.answerToRead(clean)
            if reply.status != 200 { facts.code = clean.errorCode } else { facts.code = answer.code }
            if answer.status == 200, let open, let end = Self.end(shownBy: clean.body) {
                await self.recordEnd(of: open, end, context)
            }
        }
        await self.recorder.recordResponse(facts, of: context.facts)
        return context.finished(answer, index: recorded.index)
    }

    /// How the command's latest run ended. While the service still works on an update, the view is that of the run
    /// before.
    private static func end(shownBy body: JSONNode?) -> Outcome? {
        guard let properties = body?["properties"],
            let view = properties["instanceView"].map(InstanceView.init), view.isTerminal
        else { return nil }
        let state = properties["provisioningState"]?.string
        guard state == nil || ["Succeeded", "Failed", "Canceled"].contains(state) else { return nil }
        return Outcome(view)
    }

    private func answerToRead(_ clean: CleanReply) -> GatewayAnswer {
        switch clean.reply.status {
        case 200:
            guard clean.body?["properties"]?.members != nil else {
                return ErrorAnswer.answerInvalid("no managed command").answer
            }
            return clean.answer()
        default: return self.answerToFailedRead(clean)
        }
    }

    /// Any answer to a read but the one that the operation defines.
    func answerToFailedRead(_ clean: CleanReply) -> GatewayAnswer {
        switch clean.reply.status {
        case 401 where !self.passesCallerToken:
            ErrorAnswer.upstreamUnavailable("it refused the gateway's own credential").answer
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
