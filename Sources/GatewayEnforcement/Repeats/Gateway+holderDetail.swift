import ARMModel
import AuditModel
import PolicyCore

extension Gateway {
    /// For ARM's 409: which command of whom holds the machine, from our own record, if this caller may read it.
    func holderDetail(_ status: Int, _ head: ARMRequestHead, _ context: CallContext) -> ErrorAnswer.Detail? {
        guard status == 409, head.route.operation == .run,
            let holder = self.holders.holder(of: head.upstreamPath, at: self.now())
        else { return nil }
        let isOwn = holder.owner == OperationOwner(context.call.principal)
        guard isOwn || self.mayRead(head, context) else { return nil }
        let whose = isOwn ? "yours" : "of \(holder.owner.kind):\(holder.owner.id)"
        return ErrorAnswer.Detail(
            code: "CommandInProgress",
            message: "By the gateway's record the machine has been held since "
                + "\(Timestamp.text(milliseconds: holder.sinceMilliseconds)) by request \(holder.requestID), \(whose).",
            target: holder.requestID)
    }

    private func mayRead(_ head: ARMRequestHead, _ context: CallContext) -> Bool {
        var request = Self.policyRequest(head, context, nil)
        request.operation = .read
        return self.policy().decide(request).effect == .allow
    }
}
