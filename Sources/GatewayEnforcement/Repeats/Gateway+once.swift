import ARMModel
import AuditModel
import PolicyCore

/// A command that may go out: decided, and with the body for ARM.
/// One object, since it is made of many parts and outlasts several waits.
final class ReadyCommand: Sendable {
    let decision: Decision
    let command: Command
    let extras: CommandExtras
    let body: [UInt8]

    init(decision: Decision, command: Command, extras: CommandExtras = CommandExtras(), body: [UInt8]) {
        self.decision = decision
        self.command = command
        self.extras = extras
        self.body = body
    }
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
        let key = RepeatKey(owner: context.call.owner, digest: context.facts.requestDigest ?? "")
        let watch = context.facts.clientRequestID == nil ? self.watch(context) : nil
        while true {
            let admission = self.repeats.admit(
                context.requestID, key, clientRequestID: context.facts.clientRequestID,
                acknowledging: context.call.headers.acknowledgedRequest.map(ASCIICase.lowered))
            // Before anything that takes time: a caller who leaves from now on is noticed.
            watch?.admitted()
            switch admission {
            case .new: return await self.first(head, context, watch, prepare)
            case .acknowledging(let earlier):
                var knowing = context
                knowing.facts.acknowledgedRequest = earlier
                return await self.first(head, knowing, watch, prepare)
            case .held(let hold, let acknowledged):
                var knowing = context
                knowing.facts.acknowledgedRequest = acknowledged
                return await self.holdBack(hold, knowing, prepare)
            case .repeating(let earlier):
                if let answer = await self.repeated(earlier, context, watch, prepare) { return answer }
            case .full: return await self.refuse(ErrorAnswer.tooManyCommands, context)
            }
        }
    }

    private func watch(_ context: CallContext) -> CallerWatch {
        CallerWatch(context.call, requestID: context.requestID, self.repeats, self.recorder.log)
    }

    /// A new request. Changes to one resource run one at a time.
    private func first(
        _ head: ARMRequestHead, _ context: CallContext, _ watch: CallerWatch?,
        _ prepare: (CallContext) async -> Preparation
    ) async -> GatewayAnswer {
        guard head.route.operation != .run else { return await self.send(head, context, watch, prepare) }
        return await self.queue.withTurn(ASCIICase.lowered(head.upstreamPath)) {
            await self.send(head, context, watch, prepare)
        }
    }

    /// The outcome of the same command may have become unknown at any time since the admission: while this one waited
    /// for its turn, was worked out or put on record. So that is asked before each step, last right before sending.
    private func send(
        _ head: ARMRequestHead, _ context: CallContext, _ watch: CallerWatch?,
        _ prepare: (CallContext) async -> Preparation
    ) async -> GatewayAnswer {
        let id = context.requestID
        if let hold = self.repeats.obstacle(to: id) { return await self.yield(to: hold, context, prepare) }
        let ready: ReadyCommand
        switch await prepare(context) {
        case .ready(let command): ready = command
        case .answer(let answer):
            self.repeats.ended(id, .notRun)
            return answer
        }
        if let hold = self.repeats.obstacle(to: id) {
            return await self.yield(to: hold, context) { _ in .ready(ready) }
        }
        let decidedMilliseconds = self.now()
        let recorded: RecordedDecision
        do throws(AuditLogError) {
            recorded = try await self.recorder.record(
                ready.decision, of: context, command: ready.command, extras: ready.extras,
                ends: context.facts.acknowledgedRequest)
        } catch {
            self.repeats.ended(id, .notRun)
            return context.finished(ErrorAnswer.auditUnavailable.answer, index: nil)
        }
        if context.facts.acknowledgedRequest != nil { self.repeats.acknowledged(by: id) }
        guard
            let request = PermittedRequest(
                recorded, method: head.route.method, target: head.upstreamTarget(apiVersion: head.apiVersion),
                body: ready.body, context: context.forwarding(head.route.operation))
        else {
            self.repeats.ended(id, .notRun)
            return context.finished(ErrorAnswer(ready.decision).answer, index: recorded.index)
        }
        if let hold = self.repeats.obstacle(to: id) {
            // Its permission is on record, so that nothing was sent has to be there too.
            let facts = UpstreamFacts(result: "notSent", code: "heldBack", durationMilliseconds: 0)
            _ = await self.recorder.recordAnswer(facts, of: context.facts, ifLost: Outcome(status: .failed))
            return await self.yield(to: hold, context) { _ in .ready(ready) }
        }
        self.goesOut(head, context, ready, decidedMilliseconds)
        var answer = await self.forwardCommand(request, head, context, ready.command)
        let (isUnknown, isUndelivered) = self.repeats.fate(of: id)
        self.holders.cameBack(id, mayRun: isUnknown)
        if isUndelivered { self.recorder.log.markUndelivered(id: id) }
        if let watch { answer.delivered = { watch.delivered($0) } }
        return answer
    }

    private func goesOut(
        _ head: ARMRequestHead, _ context: CallContext, _ ready: ReadyCommand, _ decidedMilliseconds: Int64
    ) {
        guard head.route.operation == .run else {
            let change = RepeatEntry.Change(
                target: head.target.commandKey(head.route.family), decidedMilliseconds: decidedMilliseconds,
                shown: ready.command.shownDigest, wasAlone: self.registry.open(target: head.upstreamPath) == nil)
            return self.repeats.goesOut(context.requestID, change)
        }
        self.holders.goesOut(
            MachineHolders.Holder(
                requestID: context.requestID, owner: context.call.owner,
                sinceMilliseconds: decidedMilliseconds, command: HeldCommand(ready)),
            on: head.target.machineKey)
    }

    /// A request that was admitted as new does not go out after all.
    private func yield(
        to hold: RepeatBook.Hold, _ context: CallContext, _ prepare: (CallContext) async -> Preparation
    ) async -> GatewayAnswer {
        self.repeats.ended(context.requestID, .notRun)
        return await self.holdBack(hold, context, prepare)
    }

    /// Nobody knows whether the same command ran. The refusal is decided and on record like any other, and with it
    /// what the caller knows: it may know of one such command while another holds this one back.
    private func holdBack(
        _ hold: RepeatBook.Hold, _ context: CallContext, _ prepare: (CallContext) async -> Preparation
    ) async -> GatewayAnswer {
        var context = context
        context.facts.repeatOf = hold.id
        let ready: ReadyCommand
        switch await prepare(context) {
        case .answer(let answer): return answer
        case .ready(let command): ready = command
        }
        let error = ErrorAnswer.heldBack(by: hold.id, until: self.end(of: hold))
        let decision = Decision(
            effect: .deny, rule: nil,
            reasons: [Reason(code: error.code, message: error.message, target: error.target)],
            policyDigest: ready.decision.policyDigest)
        let index: AuditIndex
        do throws(AuditLogError) {
            index = try await self.recorder.record(
                decision, of: context, command: ready.command, extras: ready.extras,
                ends: context.facts.acknowledgedRequest
            ).index
        } catch { return context.finished(ErrorAnswer.auditUnavailable.answer, index: nil) }
        if let acknowledged = context.facts.acknowledgedRequest { self.repeats.lift(acknowledged) }
        var answer = error.answer
        answer.headers.append(("x-sallyport-repeat-of", hold.id))
        return context.finished(answer, index: index)
    }

    /// Milliseconds since 1970.
    func end(of hold: RepeatBook.Hold) -> Int64 { self.now() + hold.remainingMilliseconds }
}
