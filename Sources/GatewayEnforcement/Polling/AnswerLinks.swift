import ARMModel

/// The links of ARM's answer by which its end can be learnt.
struct AnswerLinks: Sendable {
    /// From `Azure-AsyncOperation`.
    var status: ARMLink?
    /// From `Location`.
    var result: ARMLink?

    /// - Returns: `nil` if one leads anywhere but to an operation of this subscription on the configured endpoint.
    init?(_ reply: UpstreamReply, subscription: String, authority: String) {
        func link(_ text: String?) -> ARMLink?? {
            guard let text else { return .some(nil) }
            guard let link = ARMLink(text, authority: authority), ASCIICase.areEqual(link.subscription, subscription)
            else { return nil }
            return link
        }
        guard let status = link(reply.asyncOperation), let result = link(reply.location) else { return nil }
        self.status = status
        self.result = result
    }

    var isEmpty: Bool { self.status == nil && self.result == nil }
}
