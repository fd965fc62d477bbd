import ARMModel

/// The links of ARM's answer by which its end can be learnt.
struct AnswerLinks: Sendable {
    /// From `Azure-AsyncOperation`.
    var status: ARMLink?
    /// From `Location`.
    var result: ARMLink?

    /// - Returns: `nil` if one leads anywhere but to an operation of this subscription on the configured endpoint.
    init?(_ reply: UpstreamReply, subscription: String, authority: String) {
        if let text = reply.asyncOperation {
            guard let link = Self.link(text, subscription, authority) else { return nil }
            self.status = link
        }
        if let text = reply.location {
            guard let link = Self.link(text, subscription, authority) else { return nil }
            self.result = link
        }
    }

    private static func link(_ text: String, _ subscription: String, _ authority: String) -> ARMLink? {
        guard let link = ARMLink(text, authority: authority), link.isIn(subscription: subscription) else { return nil }
        return link
    }

    var isEmpty: Bool { self.status == nil && self.result == nil }
}
