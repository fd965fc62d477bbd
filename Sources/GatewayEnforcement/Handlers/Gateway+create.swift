import ARMModel
import AuditModel
import PolicyCore

extension Gateway {
    /// PUT: the whole command is in the request, whether or not one of this name is stored already.
    func create(_ head: ARMRequestHead, _ context: CallContext) async -> GatewayAnswer {
        var context = context
        switch await BodyIntake(context.call) {
        case .refused(let error, let content): return await self.refuse(error, context, content: content)
        case .value(let node, let length):
            let create: ManagedCreate
            do throws(RequestError) { create = try ManagedCreate(node, version: head.apiVersion) } catch {
                return await self.refuse(
                    ErrorAnswer(error), context,
                    content: UnreadableContent(length: length, reason: error.code.rawValue, offset: error.offset))
            }
            let command = create.command
            let extras = CommandExtras(
                location: create.location, tags: create.tags, readOnlyMembers: create.readOnlyMembers)
            let violations = ParameterFloor.violations(of: command, operation: .create)
            if let error = Self.error(violations) ?? SecretVolume.refusal(of: command) {
                return await self.refuse(error, context, command: command, extras: extras)
            }
            context.facts.requestDigest = self.requestDigest(head, context, canonicalBody: Self.canonical(node))
            return await self.once(head, context) { context in
                switch await self.fetchedScript(command, head, context, extras: extras) {
                case .answer(let answer): .answer(answer)
                case .notNeeded: await self.decided(create, as: command, extras, head, context)
                case .resolved(let fetched): await self.decided(create, as: fetched, extras, head, context)
                }
            }
        }
    }

    private func decided(
        _ create: ManagedCreate, as command: Command, _ extras: CommandExtras, _ head: ARMRequestHead,
        _ context: CallContext
    ) async -> Preparation {
        let decision = self.policy().decide(Self.policyRequest(head, context, command))
        guard decision.effect == .allow else {
            return .answer(
                await self.refuse(ErrorAnswer(decision), decision, context, command: command, extras: extras))
        }
        do throws(RequestError) {
            let body = try ForwardedBody.create(
                create, command: command, timeoutSeconds: decision.obligations.timeoutSeconds,
                version: head.apiVersion)
            return .ready(ReadyCommand(decision: decision, command: command, extras: extras, body: body))
        } catch {
            return .answer(await self.refuse(ErrorAnswer(error), context, command: command, extras: extras))
        }
    }
}
