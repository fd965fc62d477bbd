import ARMModel
import AuditModel
import PolicyCore

/// What became of a command's script address.
enum ScriptResolution: Sendable {
    /// The source is no address.
    case notNeeded
    /// The same command with the text in place of its address, still to be decided about.
    case resolved(Command)
    /// The caller's answer; it is on record and has its headers.
    case answer(GatewayAnswer)
}

extension Gateway {
    private static let scriptMember = "$.properties.source.scriptUri"

    /// Puts the script behind an address in the address's place, so that the text is judged, recorded and forwarded:
    /// what lies at the address later is no longer of interest.
    ///
    /// The policy is asked first whether the script could be allowed at all; the row of the fetch is durable before it
    /// begins. Nothing has gone to ARM by now, so any failure may be tried again safely.
    func fetchedScript(
        _ command: Command, _ head: ARMRequestHead, _ context: CallContext, extras: CommandExtras
    ) async -> ScriptResolution {
        guard case .known(.address(let address, _)?) = command.source else { return .notNeeded }
        let maximumBytes: Int
        switch self.policy().mayFetch(Self.policyRequest(head, context, command)) {
        case .granted(let most): maximumBytes = most
        case .refused(let decision):
            return .answer(
                await self.refuse(ErrorAnswer(decision), decision, context, command: command, extras: extras))
        }
        guard let reader = self.scriptReader else {
            let failure = ScriptReadingFailure(
                code: "notFetching", message: "this gateway fetches no scripts; send the text in source.script",
                isTransient: false)
            return .answer(await self.refuse(failure, context, command, extras))
        }
        do throws(AuditLogError) {
            _ = try await self.recorder.recordLookup(of: context, command: command, extras: extras)
        } catch {
            return .answer(context.finished(ErrorAnswer.auditUnavailable.answer, index: nil))
        }
        let reading: Result<ScriptText, ScriptReadingFailure> =
            switch await reader.read(address, maximumBytes: maximumBytes) {
            case .text(let text): FetchedText.script(text, maximumBytes: maximumBytes)
            case .refused(let failure): .failure(failure)
            }
        switch reading {
        case .success(let script):
            var command = command
            command.source = .known(.inline(commandID: nil, script: script))
            command.fetchedFrom = address
            return .resolved(command)
        case .failure(let failure): return .answer(await self.refuse(failure, context, command, extras))
        }
    }

    private func refuse(
        _ failure: ScriptReadingFailure, _ context: CallContext, _ command: Command, _ extras: CommandExtras
    ) async -> GatewayAnswer {
        // Of a repeat only this much is certain: the earlier request may have run.
        let nothingRan = context.facts.repeatOf == nil ? "nothing was run" : "this repeat was not forwarded"
        let error =
            failure.isTransient
            ? ErrorAnswer(
                status: 503, code: "UpstreamUnavailable",
                message: "The script could not be fetched from its host (\(failure.message)). Azure Resource Manager "
                    + "was not asked; \(nothingRan) and trying again is safe.",
                target: Self.scriptMember, retryAfter: 5)
            : ErrorAnswer(
                status: 400, code: RequestError.Code.invalidParameter.rawValue,
                message: "The script could not be fetched: \(failure.message); \(nothingRan).",
                target: Self.scriptMember)
        let decision = Decision(
            effect: .deny, rule: nil,
            reasons: [Reason(code: failure.code, message: error.message, target: error.target)],
            policyDigest: self.policy().digest)
        return await self.refuse(error, decision, context, command: command, extras: extras)
    }
}
