import ARMModel
import AuditModel
import PolicyCore
import Redaction
import StrictJSON

extension Gateway {
    /// PATCH: judged on what the machine would run afterwards. First with the stored command unknown, so that a
    /// request which nothing could allow never reaches ARM; then with the stored command read and merged.
    func update(_ head: ARMRequestHead, _ context: CallContext) async -> GatewayAnswer {
        var context = context
        switch await BodyIntake(context.call) {
        case .refused(let error, let content): return await self.refuse(error, context, content: content)
        case .value(let node, let length):
            let update: ManagedUpdate
            do throws(RequestError) { update = try ManagedUpdate(node, version: head.apiVersion) } catch {
                return await self.refuse(
                    ErrorAnswer(error), context,
                    content: UnreadableContent(length: length, reason: error.code.rawValue, offset: error.offset))
            }
            let partial = update.applied(to: .unread)
            let extras = CommandExtras(tags: update.tags, readOnlyMembers: update.readOnlyMembers)
            let violations = ParameterFloor.violations(of: partial, operation: .update)
            if let error = Self.error(violations) ?? SecretVolume.refusal(of: partial) {
                return await self.refuse(error, context, command: partial, extras: extras)
            }
            context.facts.requestDigest = self.requestDigest(head, context, canonicalBody: Self.canonical(node))
            if let denial = self.policy().couldAllow(Self.policyRequest(head, context, partial)) {
                return await self.refuse(ErrorAnswer(denial), denial, context, command: partial, extras: extras)
            }
            let pending = PendingUpdate(update: update, partial: partial, extras: extras)
            return await self.once(head, context) { await self.merged(pending, head, $0) }
        }
    }

    /// Never empty: two bodies that have no canonical form (a number written as `-0`) are not the same body.
    static func canonical(_ node: JSONNode) -> [UInt8] {
        if let bytes = CanonicalJSON.bytes(of: node) { return bytes }
        var writer = JSONWriter()
        writer.node(node)
        return writer.bytes
    }

    private struct PendingUpdate: Sendable {
        var update: ManagedUpdate
        var partial: Command
        var extras: CommandExtras
    }

    /// Reads the stored command, merges, fetches the script where the update names an address, and decides.
    private func merged(
        _ pending: PendingUpdate, _ head: ARMRequestHead, _ context: CallContext
    ) async -> Preparation {
        let stored: StoredCommand
        switch await self.storedCommand(pending, head, context) {
        case .found(let command): stored = command
        case .answer(let answer): return .answer(answer)
        }
        var merged = pending.update.applied(to: stored.command)
        switch await self.fetchedScript(merged, head, context, extras: pending.extras) {
        case .notNeeded: break
        case .resolved(let fetched): merged = fetched
        case .answer(let answer): return .answer(answer)
        }
        let decision = self.policy().decide(Self.policyRequest(head, context, merged))
        guard decision.effect == .allow else {
            return .answer(
                await self.refuse(ErrorAnswer(decision), decision, context, command: merged, extras: pending.extras))
        }
        do throws(RequestError) {
            let body = try ForwardedBody.update(
                pending.update, merged: merged, timeoutSeconds: decision.obligations.timeoutSeconds,
                version: head.apiVersion)
            return .ready(ReadyCommand(decision: decision, command: merged, extras: pending.extras, body: body))
        } catch {
            return .answer(await self.refuse(ErrorAnswer(error), context, command: merged, extras: pending.extras))
        }
    }

    private enum StoredRead: Sendable {
        case found(StoredCommand)
        case answer(GatewayAnswer)
    }

    /// Reads the stored command, on record first. 404 is the caller's answer; any other failure means that nothing
    /// can be judged, and nothing was run.
    private func storedCommand(
        _ pending: PendingUpdate, _ head: ARMRequestHead, _ context: CallContext
    ) async -> StoredRead {
        let index: AuditIndex
        do throws(AuditLogError) {
            index = try await self.recorder.recordLookup(of: context, command: pending.partial, extras: pending.extras)
        } catch {
            return .answer(context.finished(ErrorAnswer.auditUnavailable.answer, index: nil))
        }
        let request = PermittedRequest(
            lookupOf: head.upstreamPath + "?api-version=" + APIVersion.newest.text,
            context: context.forwarding(.read), recordedAt: index)
        let (result, milliseconds) = await self.send(request)
        let failure: (facts: UpstreamFacts, answer: GatewayAnswer)
        switch result {
        case .answered(let reply):
            // Read whole: what is judged must not have been redacted first.
            if reply.status == 200,
                let node = try? JSONReader.read(reply.body, limits: .answer, names: .refuseCaseVariants),
                ManagedCommandDocument.isOne(node, named: head.target.runCommand), let stored = StoredCommand(node)
            {
                return .found(stored)
            }
            let clean = self.clean(
                reply, self.registry.scrubber(ofTarget: head.upstreamPath, adding: pending.partial.secrets), context)
            let facts = UpstreamFacts(
                result: "answered", status: reply.status, code: clean.errorCode, requestID: reply.requestID,
                durationMilliseconds: milliseconds, redactions: clean.removed)
            let answer =
                reply.status == 404
                ? clean.errorAnswer()
                : ErrorAnswer.upstreamUnavailable(
                    "the stored command could not be read",
                    retryAfter: reply.status == 429 || reply.status == 503 ? reply.retryAfter.flatMap { Int($0) } : nil
                ).answer
            failure = (facts, answer)
        case .notSent(let why), .outcomeUnknown(let why):
            failure = (
                UpstreamFacts(result: "lookupFailed", code: why, durationMilliseconds: milliseconds),
                ErrorAnswer.upstreamUnavailable("the stored command could not be read: \(why)").answer
            )
        }
        await self.recorder.recordResponse(failure.facts, of: context.facts)
        return .answer(context.finished(failure.answer, index: index))
    }
}
