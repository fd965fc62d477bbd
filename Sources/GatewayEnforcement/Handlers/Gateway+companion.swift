import ARMModel
import PolicyCore
import StrictJSON

extension Gateway {
    /// The plain reads that az makes beside run commands. The gateway's identity may see more of Azure than this caller
    /// has to do with, so the list of subscriptions is cut to those that some allow of this caller names; what else
    /// names a subscription or a resource group was judged by the policy before it went out.
    func companion(_ head: ARMRequestHead, _ context: CallContext) async -> GatewayAnswer {
        await self.forwardRead(
            head, context,
            content: { clean, policy in
                switch head.route.path.last {
                case .word("subscriptions"):
                    let visible = policy.subscriptions(visibleTo: Self.policyRequest(head, context, nil))
                    return self.page(
                        clean, head, context,
                        keeping: { $0["subscriptionId"]?.string.map { visible.contains($0) } ?? false },
                        isElement: { $0["subscriptionId"]?.string != nil })
                case .word("tenants"):
                    return self.page(clean, head, context) { $0["tenantId"]?.string != nil }
                case .word("locations"):
                    return self.page(clean, head, context) { $0["name"]?.string != nil }
                case .subscription: return Self.only(clean, "subscriptionId", head.target.subscription)
                case .resourceGroup: return Self.only(clean, "name", head.target.resourceGroup)
                default: return .unfit("unknown read")
                }
            })
    }

    /// One thing, and the very one that was asked for.
    private static func only(_ clean: CleanReply, _ member: StaticString, _ name: String?) -> ReadContent {
        guard let document = clean.document, let body = clean.body, document["id"]?.string != nil,
            let given = document[member]?.string, let name,
            ASCIICase.areEqual(given, name)
        else { return .unfit("not what was asked for") }
        return .fit(body)
    }
}
