import ARMModel
import AuditModel
import PolicyCore
import Redaction

extension Gateway {
    /// POST action: the whole command is in the request.
    func run(_ head: ARMRequestHead, _ context: consuming CallContext) async -> GatewayAnswer {
        switch await BodyIntake(context.call) {
        case .refused(let error, let content): return await self.refuse(error, context, content: content)
        case .value(let node, let length):
            let body: ActionBody
            do throws(RequestError) { body = try ActionBody(node, version: head.apiVersion) } catch {
                return await self.refuse(
                    ErrorAnswer(error), context,
                    content: UnreadableContent(length: length, reason: error.code.rawValue, offset: error.offset))
            }
            let command = body.command
            let request = Self.policyRequest(head, context, command)
            if let error = Self.error(request.floorViolations) {
                return await self.refuse(error, context, command: command)
            }
            let forwarded = ForwardedBody.action(body)
            context.facts.requestDigest = self.requestDigest(head, context, canonicalBody: forwarded)
            return await self.once(head, context) { context in
                let decision = self.policy().decide(request)
                guard decision.effect == .allow else {
                    return .answer(await self.refuse(ErrorAnswer(decision), decision, context, command: command))
                }
                return .ready(ReadyCommand(decision: decision, command: command, body: forwarded))
            }
        }
    }

    static func policyRequest(_ head: ARMRequestHead, _ context: CallContext, _ command: Command?) -> PolicyRequest {
        PolicyRequest(
            principal: context.call.principal, operation: head.route.operation, family: head.route.family,
            target: head.target, apiVersion: head.apiVersion.text, command: command,
            justification: context.facts.justification)
    }

    /// - Returns: `nil` where nothing is violated.
    static func error(_ violations: [FloorViolation]) -> ErrorAnswer? {
        guard let first = violations.first else { return nil }
        let code = RequestError.Code.invalidParameter.rawValue
        let details = violations.map { ErrorAnswer.Detail(code: code, message: $0.message, target: "$." + $0.path) }
        return ErrorAnswer(
            status: 400, code: code, message: first.message, target: "$." + first.path,
            details: violations.count > 1 ? details : [])
    }

    /// Says whether two requests are the same, without keeping what they said: method, target without ASCII case,
    /// api-version, the body with its secret values, and preconditions where there are any.
    func requestDigest(_ head: ARMRequestHead, _ context: CallContext, canonicalBody: [UInt8]) -> String {
        let path = ASCIICase.lowered(head.upstreamPath)
        let code = self.fingerprintKey.code(
            over: [
                Array(head.route.method.rawValue.utf8), Array(path.utf8), Array(head.apiVersion.text.utf8),
                canonicalBody,
            ] + context.call.headers.preconditions.digestParts)
        return HexDigest.text(of: code)
    }
}
