import ARMModel
import AuditModel
import PolicyCore

extension Gateway {
    /// For ARM's 409: which command of whom holds the machine, from our own record, if this caller may read it.
    func holderDetail(_ status: Int, _ head: ARMRequestHead, _ context: CallContext) -> ErrorAnswer.Detail? {
        guard status == 409, head.route.operation == .run,
            let holder = self.holders.holder(of: head.target.machineKey, except: context.requestID, at: self.now())
        else { return nil }
        let isOwn = holder.owner == context.call.owner
        guard isOwn || self.mayRead(head, context) else { return nil }
        let whose = isOwn ? "yours" : "of \(holder.owner.kind):\(holder.owner.id)"
        let since = Timestamp.text(milliseconds: holder.sinceMilliseconds)
        let verb = holder.certainty == .running ? "has been" : "may have been"
        let what = holder.command.map { ": " + $0.text } ?? ""
        let doubt =
            switch holder.certainty {
            case .running: "."
            case .unknown: ". Nobody knows whether that one runs."
            case .onItsWay: ". Azure has not answered that one yet."
            }
        return ErrorAnswer.Detail(
            code: "CommandInProgress",
            message: "By the gateway's record the machine \(verb) held since \(since) by request "
                + "\(holder.requestID), \(whose)\(what)\(doubt)",
            target: holder.requestID)
    }

    private func mayRead(_ head: ARMRequestHead, _ context: CallContext) -> Bool {
        var request = Self.policyRequest(head, context, nil)
        request.operation = .read
        return self.policy().decide(request).effect == .allow
    }
}
