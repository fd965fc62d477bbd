import ARMModel
import AuditModel
import PolicyCore

extension Gateway {
    /// A repeat: authenticated, decided and on record like any request, and told what the first one was told.
    /// - Returns: `nil` if the earlier request turned out not to have run anything: then this one is new.
    func repeated(
        _ earlier: String, _ context: CallContext, _ watch: CallerWatch?,
        _ prepare: (CallContext) async -> Preparation
    ) async -> GatewayAnswer? {
        // A repeat that is not told the answer leaves it to the next one.
        var isTold = false
        defer {
            if !isTold, let lost = self.repeats.lost(context.requestID) {
                self.recorder.log.markUndelivered(id: lost)
            }
            self.repeats.unpin(earlier)
        }
        var context = context
        context.facts.repeatOf = earlier
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
        var answer: GatewayAnswer
        let named: String
        switch await self.repeats.finding(of: earlier, pause: self.pause) {
        case .notRun: return nil
        case .late(let id):
            named = id
            answer = ErrorAnswer.alreadyInProgress(id).answer
        case .unknown(let hold):
            named = hold.id
            answer = ErrorAnswer.heldBack(by: hold.id, until: self.end(of: hold)).answer
        case .concluded(let id):
            named = id
            answer = ErrorAnswer.alreadyEnded(id).answer
        case .answered(let id):
            let stored: StoredOperation?
            do throws(AuditLogError) { stored = try await self.operation(id) } catch {
                return context.finished(ErrorAnswer.auditUnavailable.answer, index: index)
            }
            named = id
            // A command that was sent is not sent again because its answer could not be kept.
            answer =
                if let stored, let kept = stored.answer, kept.bodyIsKept {
                    self.links.answer(kept, of: stored)
                } else {
                    ErrorAnswer.alreadyAnswered(id, status: stored?.answer?.status).answer
                }
            isTold = true
            if let watch { answer.delivered = { watch.delivered($0) } }
        }
        answer.headers.append(("x-sallyport-repeat-of", named))
        return context.finished(answer, index: index)
    }
}

extension PollingLinks {
    /// An earlier answer once more, with the same links.
    fileprivate func answer(_ kept: KeptAnswer, of operation: StoredOperation) -> GatewayAnswer {
        var headers: [(String, String)] = [("cache-control", "no-cache")]
        self.add(operation, to: &headers)
        if let seconds = kept.retryAfter { headers.append(("retry-after", seconds)) }
        if !kept.body.isEmpty { headers.append(("content-type", "application/json; charset=utf-8")) }
        return GatewayAnswer(status: kept.status, headers: headers, body: kept.body)
    }
}
