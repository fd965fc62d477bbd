import ARMModel
import AuditModel

extension Gateway {
    /// Takes up what was known before a restart: answers that repeats may ask for, commands that run, and those that
    /// nobody knows about because the gateway died between decision and response. To be called before serving.
    /// - Parameter isAfterCrash: the process before did not stop in order, so nobody knows which of its last answers
    ///   were written whole.
    /// - Returns: how many commands were found without an answer.
    /// - Throws: what kept the record from being read or written; then nothing may be served.
    package func recover(isAfterCrash: Bool) async throws(AuditLogError) -> Int {
        let now = self.now()
        let hold = Int64(self.retry.unknownHoldSeconds) * 1_000
        let run = MachineHolders.longestMilliseconds
        let operations = try await self.recorder.log.operations(
            sinceMilliseconds: now - max(Int64(self.retry.windowSeconds) * 1_000, hold, run))
        let last = operations.map(\.createdMilliseconds).max() ?? 0
        var restoration = RepeatRestoration(self.retry, at: now)
        for operation in operations {
            var operation = operation
            // An answer is written within moments of its row.
            if isAfterCrash, operation.createdMilliseconds >= last - 10_000, operation.mayBeUndelivered {
                operation.wasUndelivered = true
                // Durably: the next start, in order or not, must not forget it.
                self.recorder.log.markUndelivered(id: operation.id)
            }
            self.restore(operation, &restoration)
        }
        let unanswered = try await self.recorder.log.unansweredCommands(sinceMilliseconds: now - max(hold, run))
        for command in unanswered {
            let operation = StoredOperation(
                id: command.requestID, owner: command.owner, operation: command.operation,
                subscription: command.target.subscription ?? "", location: "", targetPath: "",
                apiVersion: command.apiVersion, statusLink: nil, resultLink: nil, decisionIndex: command.decisionIndex,
                // A clock that is behind at this start does not end the hold early at the next.
                createdMilliseconds: max(now, command.decidedMilliseconds), requestDigest: command.requestDigest,
                clientRequestID: command.clientRequestID, answer: KeptAnswer(status: 409), isUnknown: true)
            try await self.recorder.recordInterrupted(command, operation)
            self.restore(operation, &restoration, machine: command.target.machineKey)
            self.observer.outcomeUnknown()
        }
        self.repeats.restored()
        return unanswered.count
    }

    private func restore(
        _ operation: StoredOperation, _ restoration: inout RepeatRestoration, machine: String? = nil
    ) {
        if var command = restoration.command(operation) {
            command.untilMilliseconds = self.repeats.time(in: command.untilMilliseconds)
            self.repeats.restore(command)
        }
        guard operation.operation == .run, operation.endedMilliseconds == nil,
            let machine = machine ?? ARMRequestHead.target(ofPath: operation.targetPath)?.machineKey
        else { return }
        self.holders.goesOut(
            MachineHolders.Holder(
                requestID: operation.id, owner: operation.owner, sinceMilliseconds: operation.createdMilliseconds),
            on: machine)
        self.holders.cameBack(operation.id, mayRun: true)
        self.holders.began(operation)
    }
}

extension StoredOperation {
    /// Whether its answer has reached a caller is all that tells a repeat of it, and that is not known.
    fileprivate var mayBeUndelivered: Bool {
        self.requestDigest != nil && self.clientRequestID == nil && self.answer != nil && !self.isUnknown
            && !self.wasUndelivered && !self.wasServed
    }
}
