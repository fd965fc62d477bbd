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
        let longest = max(self.retry.windowSeconds, self.retry.unknownHoldSeconds)
        let operations = try await self.recorder.log.operations(sinceMilliseconds: now - Int64(longest) * 1_000)
        let last = operations.map(\.createdMilliseconds).max() ?? 0
        for operation in operations {
            // An answer is written within moments of its row.
            let isDoubtful = isAfterCrash && operation.createdMilliseconds >= last - 10_000
            self.repeats.restore(operation, isUndelivered: operation.wasUndelivered || isDoubtful, at: now)
            self.holders.began(operation)
        }
        let unanswered = try await self.recorder.log.unansweredCommands(
            sinceMilliseconds: now - Int64(self.retry.unknownHoldSeconds) * 1_000)
        for command in unanswered {
            let operation = StoredOperation(
                id: command.requestID, owner: command.owner, operation: command.operation,
                subscription: command.target.subscription ?? "", location: "", targetPath: "",
                apiVersion: command.apiVersion, statusLink: nil, resultLink: nil, decisionIndex: command.decisionIndex,
                createdMilliseconds: now, requestDigest: command.requestDigest,
                clientRequestID: command.clientRequestID, answer: KeptAnswer(status: 409), isUnknown: true)
            try await self.recorder.recordInterrupted(command, operation)
            self.repeats.restore(operation, isUndelivered: false, at: now)
            self.observer.outcomeUnknown()
        }
        return unanswered.count
    }
}
