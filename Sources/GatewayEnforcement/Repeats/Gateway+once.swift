import ARMModel
import AuditModel
import PolicyCore

/// A command that may go out: decided, and with the body for ARM.
struct ReadyCommand: Sendable {
    var decision: Decision
    var command: Command
    var extras = CommandExtras()
    var body: [UInt8]
}

/// What came of working a command out.
enum Preparation: Sendable {
    case ready(ReadyCommand)
    /// Refused, on record.
    case answer(GatewayAnswer)
}

extension Gateway {
    /// Lets a command out at most once: a repeat of it gets the first one's answer, and nothing goes out while nobody
    /// knows whether the same command ran (CONTRACT §3, "At most once").
    /// - Parameters:
    ///   - context: with the request's digest.
    ///   - prepare: works the command out and decides; done again for a repeat.
    func once(
        _ head: ARMRequestHead, _ context: CallContext, _ prepare: (CallContext) async -> Preparation
    ) async -> GatewayAnswer {
        let key = RepeatKey(owner: OperationOwner(context.call.principal), digest: context.facts.requestDigest ?? "")
        var context = context
        while true {
            context.facts.repeatOf = nil
            let admission = self.repeats.admit(
                context.requestID, key, clientRequestID: context.facts.clientRequestID,
                acknowledging: context.call.headers.acknowledgedRequest.map(ASCIICase.lowered), at: self.now())
            switch admission {
            case .new: return await self.first(head, context, prepare)
            case .acknowledging(let earlier):
                context.facts.acknowledgedRequest = earlier
                return await self.first(head, context, prepare)
            case .held(let earlier, let until):
                context.facts.repeatOf = earlier
                return await self.holdBack(by: earlier, until, context, prepare)
            case .repeating(let earlier):
                context.facts.repeatOf = earlier
                if let answer = await self.repeated(earlier, context, prepare) { return answer }
            }
        }
    }

    /// A new request. Changes to one resource run one at a time.
    private func first(
        _ head: ARMRequestHead, _ context: CallContext, _ prepare: (CallContext) async -> Preparation
    ) async -> GatewayAnswer {
        guard head.route.operation != .run else { return await self.send(head, context, prepare) }
        return await self.queue.withTurn(ASCIICase.lowered(head.upstreamPath)) {
            await self.send(head, context, prepare)
        }
    }

    private func send(
        _ head: ARMRequestHead, _ context: CallContext, _ prepare: (CallContext) async -> Preparation
    ) async -> GatewayAnswer {
        let ready: ReadyCommand
        switch await prepare(context) {
        case .ready(let command): ready = command
        case .answer(let answer):
            self.repeats.ended(context.requestID, .notRun, at: self.now())
            return answer
        }
        let recorded: RecordedDecision
        do throws(AuditLogError) {
            recorded = try await self.recorder.record(
                ready.decision, of: context, command: ready.command, extras: ready.extras,
                ends: context.facts.acknowledgedRequest)
        } catch {
            self.repeats.ended(context.requestID, .notRun, at: self.now())
            return context.finished(ErrorAnswer.auditUnavailable.answer, index: nil)
        }
        guard
            let request = PermittedRequest(
                recorded, method: head.route.method, target: head.upstreamTarget(apiVersion: head.apiVersion),
                body: ready.body, context: context.forwarding(head.route.operation))
        else {
            self.repeats.ended(context.requestID, .notRun, at: self.now())
            return context.finished(ErrorAnswer(ready.decision).answer, index: recorded.index)
        }
        self.noteDelivery(of: context.requestID, context)
        var answer = await self.forwardCommand(request, head, context, ready.command)
        answer.delivered = self.delivery(of: context.requestID, context)
        return answer
    }

    // MARK: Repeats

    /// - Returns: `nil` if the earlier request turned out not to have run anything: then this one is new.
    private func repeated(
        _ earlier: String, _ context: CallContext, _ prepare: (CallContext) async -> Preparation
    ) async -> GatewayAnswer? {
        let ready: ReadyCommand
        switch await prepare(context) {
        case .ready(let command): ready = command
        case .answer(let answer): return answer
        }
        let index: AuditIndex
        do throws(AuditLogError) {
            index = try await self.recorder.record(
                ready.decision, of: context, command: ready.command, extras: ready.extras
            ).index
        } catch {
            return context.finished(ErrorAnswer.auditUnavailable.answer, index: nil)
        }
        self.noteDelivery(of: earlier, context)
        var answer: GatewayAnswer
        switch await self.repeats.end(of: earlier, pause: self.pause) {
        case .notRun: return nil
        case nil: answer = ErrorAnswer.alreadyInProgress(earlier).answer
        case .unknown: answer = ErrorAnswer.heldBack(by: earlier, until: nil).answer
        case .answered:
            let stored: StoredOperation?
            do throws(AuditLogError) { stored = try await self.operation(earlier) } catch {
                return context.finished(ErrorAnswer.auditUnavailable.answer, index: index)
            }
            guard let stored, let kept = stored.answer else {
                // Its time is over, so it answers no repeat any more.
                self.repeats.ended(earlier, .notRun, at: self.now())
                return nil
            }
            answer = kept.bodyIsKept ? self.links.answer(kept, of: stored) : ErrorAnswer.tooLongToRepeat(stored).answer
            answer.delivered = self.delivery(of: earlier, context)
        }
        answer.headers.append(("x-sallyport-repeat-of", earlier))
        return context.finished(answer, index: index)
    }

    /// Nobody knows whether the same command ran. The refusal is decided and on record like any other.
    private func holdBack(
        by earlier: String, _ until: Int64, _ context: CallContext, _ prepare: (CallContext) async -> Preparation
    ) async -> GatewayAnswer {
        switch await prepare(context) {
        case .answer(let answer): return answer
        case .ready(let ready):
            var answer = await self.refuse(
                ErrorAnswer.heldBack(by: earlier, until: until), context, command: ready.command, extras: ready.extras)
            if answer.status == 409 { answer.headers.append(("x-sallyport-repeat-of", earlier)) }
            return answer
        }
    }

    /// Only an answer to a request without a client request id is told from a new request by whether it arrived.
    private func noteDelivery(of id: String, _ context: CallContext) {
        guard context.facts.clientRequestID == nil else { return }
        let report = self.report(of: id)
        context.call.whenAbandoned { report(false) }
    }

    private func delivery(of id: String, _ context: CallContext) -> (@Sendable (Bool) -> Void)? {
        context.facts.clientRequestID == nil ? self.report(of: id) : nil
    }

    private func report(of id: String) -> @Sendable (Bool) -> Void {
        { [repeats, log = self.recorder.log] isDelivered in
            if repeats.delivered(id, isDelivered) { log.markUndelivered(id: id) }
        }
    }
}

extension PollingLinks {
    /// An earlier answer once more, with the same links.
    fileprivate func answer(_ kept: KeptAnswer, of operation: StoredOperation) -> GatewayAnswer {
        var headers: [(String, String)] = [("cache-control", "no-cache")]
        if operation.statusLink != nil { headers.append(("azure-asyncoperation", self.status(of: operation))) }
        if operation.resultLink != nil { headers.append(("location", self.result(of: operation))) }
        if let seconds = kept.retryAfter { headers.append(("retry-after", seconds)) }
        if !kept.body.isEmpty { headers.append(("content-type", "application/json; charset=utf-8")) }
        return GatewayAnswer(status: kept.status, headers: headers, body: kept.body)
    }
}

extension ErrorAnswer {
    static func alreadyInProgress(_ earlier: String) -> ErrorAnswer {
        ErrorAnswer(
            status: 409, code: "RequestAlreadyInProgress",
            message: "The same request was received before and has no answer yet; it is on record as request "
                + "\(earlier). Nothing was sent a second time.", target: earlier)
    }

    /// - Parameter until: when the hold ends, milliseconds since 1970, where it is known.
    static func heldBack(by earlier: String, until: Int64?) -> ErrorAnswer {
        let end = until.map { " The hold ends at \(Timestamp.text(milliseconds: $0))." } ?? ""
        return ErrorAnswer(
            status: 409, code: "UpstreamOutcomeUnknown",
            message: "The same command was sent before, and nobody knows whether it ran: it is on record as request "
                + "\(earlier). Nothing was sent a second time.\(end) If you have looked at the machine and want it "
                + "sent again, add the header x-sallyport-repeat: \(earlier).", target: earlier)
    }

    static func tooLongToRepeat(_ operation: StoredOperation) -> ErrorAnswer {
        ErrorAnswer(
            status: 409, code: "RequestAlreadyAnswered",
            message: "The same request was answered before with status \(operation.answer?.status ?? 0), and that "
                + "answer is too long to be kept; it is on record as request \(operation.id). Nothing was sent a "
                + "second time; a GET shows what there is now.", target: operation.id)
    }
}
