import ARMModel
import AuditModel
import PolicyCore
import Redaction

extension Gateway {
    /// Sends a command, records what ARM answered, and relays it. Never sends twice. Once something was sent, the
    /// answer is neither 408 nor 429 nor 5xx unless ARM's own answer proves that nothing ran: Azure's clients would
    /// send the command again by themselves.
    func forwardCommand(
        _ request: PermittedRequest, _ head: ARMRequestHead, _ context: CallContext, _ command: Command
    ) async -> GatewayAnswer {
        let isManaged = head.route.operation != .run
        let secrets = command.secrets
        if isManaged {
            self.registry.goesOut(
                to: head.upstreamPath, requestID: context.requestID, owner: context.call.owner,
                secrets: secrets)
        }
        let (result, milliseconds) = await self.send(request)
        var facts = UpstreamFacts(result: "answered", durationMilliseconds: milliseconds)
        switch result {
        case .notSent(let why):
            facts.result = "notSent"
            facts.code = why
            return await self.relay(
                ErrorAnswer.upstreamUnavailable(why).answer, facts, head, context, request.index)
        case .outcomeUnknown(let why):
            return await self.relayUnknown(why, facts, head, context, request.index)
        case .answered(let reply):
            // What an earlier update stored may stand in the answer to this one.
            let scrubber =
                isManaged
                ? self.registry.scrubber(ofTarget: head.upstreamPath, adding: secrets)
                : secrets.isEmpty ? nil : Scrubber(secrets)
            let clean = self.clean(reply, scrubber, context)
            facts.status = reply.status
            facts.requestID = reply.requestID
            facts.redactions = clean.removed
            let meaning = CommandReply(
                clean, operation: head.route.operation, target: head.target, links: self.links)
            switch meaning {
            case .unknown(let why): return await self.relayUnknown(why, facts, head, context, request.index)
            case .refused:
                facts.code = clean.errorCode
                let answer = clean.errorAnswer(adding: self.holderDetail(reply.status, head, context))
                return await self.relay(answer, facts, head, context, request.index)
            case .unauthorized:
                facts.code = clean.errorCode
                let answer =
                    self.passesCallerToken
                    ? clean.errorAnswer()
                    : ErrorAnswer.credentialRefused.answer
                return await self.relay(answer, facts, head, context, request.index)
            case .finished(let outcome):
                let answer = clean.answer()
                var operation = self.operation(head, context, request.index)
                operation.endedMilliseconds = operation.createdMilliseconds
                operation.answer = KeptAnswer(status: answer.status, body: answer.body)
                await self.recordKept(operation, facts, context, ifLost: nil)
                self.repeats.ended(context.requestID, .answered)
                await self.recorder.recordImmediateEnd(outcome.fit, of: context.facts)
                return context.finished(answer, index: request.index)
            case .stored:
                return await self.relayBegun(clean, (nil, nil), facts, head, context, request.index, command)
            case .accepted(let status, let result):
                return await self.relayBegun(clean, (status, result), facts, head, context, request.index, command)
            }
        }
    }

    /// Nothing ran.
    private func relay(
        _ answer: GatewayAnswer, _ facts: UpstreamFacts, _ head: ARMRequestHead, _ context: CallContext,
        _ index: AuditIndex
    ) async -> GatewayAnswer {
        if head.route.operation != .run {
            self.registry.cameBack(from: head.upstreamPath, requestID: context.requestID, mayHaveRun: false)
        }
        _ = await self.recorder.recordAnswer(facts, of: context.facts, ifLost: Outcome(status: .failed))
        self.repeats.ended(context.requestID, .notRun)
        return context.finished(answer, index: index)
    }

    /// Nobody can say whether it ran, so the same command is held back for a time.
    private func relayUnknown(
        _ why: String, _ facts: UpstreamFacts, _ head: ARMRequestHead, _ context: CallContext, _ index: AuditIndex
    ) async -> GatewayAnswer {
        var facts = facts
        facts.result = "outcomeUnknown"
        facts.code = why
        self.observer.outcomeUnknown()
        if head.route.operation != .run {
            self.registry.cameBack(from: head.upstreamPath, requestID: context.requestID, mayHaveRun: true)
        }
        var operation = self.operation(head, context, index)
        operation.isUnknown = true
        operation.answer = KeptAnswer(status: 409)
        await self.recordKept(operation, facts, context, ifLost: Outcome(status: .unknown))
        self.repeats.ended(context.requestID, .unknown)
        let until = self.now() + Int64(self.retry.unknownHoldSeconds) * 1_000
        return context.finished(
            ErrorAnswer.outcomeUnknown(why, requestID: context.requestID, until: until).answer, index: index)
    }

    /// ARM has taken the command. The operation is stored in the same transaction as the response row, before the
    /// caller learns its links; one without links cannot be polled, and ends when a read shows its end.
    private func relayBegun(
        _ clean: consuming CleanReply, _ links: (status: ARMLink?, result: ARMLink?),
        _ facts: consuming UpstreamFacts, _ head: ARMRequestHead, _ context: CallContext, _ index: AuditIndex,
        _ command: Command
    ) async -> GatewayAnswer {
        let link = links.result ?? links.status
        var operation = self.operation(head, context, index, links)
        let (statusID, resultID) = (links.status?.operationID, links.result?.operationID)
        facts.operationID = resultID ?? statusID
        if let statusID { clean.hide(statusID, behind: operation.id) }
        if let resultID, resultID != statusID { clean.hide(resultID, behind: operation.id) }
        var extra: [(String, String)] = []
        extra.reserveCapacity(3)
        if link != nil { self.links.add(operation, to: &extra) }
        let retryAfter = link == nil ? nil : clean.reply.retryAfter
        if let retryAfter { extra.append(("retry-after", retryAfter)) }
        let answer = clean.answer(extra: extra)
        operation.answer =
            clean.mayBeKept(of: command, as: operation.operation)
            ? KeptAnswer(status: answer.status, retryAfter: retryAfter, body: answer.body)
            : KeptAnswer(status: answer.status, retryAfter: retryAfter, body: [], bodyIsKept: false)
        let isRecorded = await self.recorder.recordAnswer(facts, of: context.facts, begins: operation, ifLost: nil)
        self.registry.began(operation, isWhole: command.hidesNothing, isRecorded: isRecorded)
        self.holders.began(operation)
        self.observer.operationBegan()
        self.repeats.ended(context.requestID, .answered)
        return context.finished(answer, index: index)
    }

    /// What is kept of a command, before its answer is known.
    private func operation(
        _ head: ARMRequestHead, _ context: CallContext, _ index: AuditIndex,
        _ links: (status: ARMLink?, result: ARMLink?) = (nil, nil)
    ) -> StoredOperation {
        StoredOperation(
            id: context.requestID, owner: context.call.owner, operation: head.route.operation,
            subscription: head.target.subscription ?? "", location: (links.result ?? links.status)?.location ?? "",
            targetPath: head.upstreamPath, apiVersion: head.apiVersion.text, statusLink: links.status?.originForm,
            resultLink: links.result?.originForm, decisionIndex: index.value, createdMilliseconds: self.now(),
            requestDigest: context.facts.requestDigest, clientRequestID: context.facts.clientRequestID)
    }

    /// A command without links to follow: kept only for those who send it again.
    private func recordKept(
        _ operation: StoredOperation, _ facts: UpstreamFacts, _ context: CallContext, ifLost: Outcome?
    ) async {
        let isRecorded = await self.recorder.recordAnswer(facts, of: context.facts, begins: operation, ifLost: ifLost)
        if !isRecorded { self.registry.keep(operation) }
    }
}

extension CleanReply {
    /// Whether the body may be written to the record's file for those who repeat the request. What a stored command
    /// shows of its run may hold secrets that the gateway never saw (of an earlier command of that name, given before
    /// a restart or past the gateway), and a secret that is not known cannot be removed.
    fileprivate func mayBeKept(of command: Command, as operation: ARMModel.Operation) -> Bool {
        guard operation != .run, let document = self.document else { return true }
        return !ManagedCommandDocument.showsRun(document) || (self.reply.status == 201 && command.hidesNothing)
    }
}

extension Command {
    /// Whether every value is known that the machine's agent might quote in a message.
    fileprivate var hidesNothing: Bool {
        guard self.protectedParameters.isKnown else { return false }
        if case .known(nil) = self.runAsUser { return true }
        return self.runAsPassword.isKnown
    }
}

extension Outcome {
    /// With only such texts of ARM's as are what they should be: words and times, not whatever stood there.
    var fit: Outcome {
        func short(_ text: String?) -> String? {
            text.flatMap { text in
                text.utf8.count <= 64 && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } ? text : nil
            }
        }
        var outcome = self
        outcome.executionState = short(self.executionState)
        outcome.startTime = short(self.startTime)
        outcome.endTime = short(self.endTime)
        return outcome
    }
}
