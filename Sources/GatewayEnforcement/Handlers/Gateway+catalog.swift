import ARMModel
import StrictJSON

extension Gateway {
    /// GET of a region's built-in commands, or of one of them (facts §5.5).
    func catalog(_ head: ARMRequestHead, _ context: CallContext) async -> GatewayAnswer {
        await self.forwardRead(
            head, context,
            content: { clean, _ in
                guard head.route.path.last == .commandID else {
                    return self.page(clean, head, context) { $0["id"]?.string != nil }
                }
                guard let body = clean.body, clean.document?["id"]?.string != nil else {
                    return .unfit("no location document")
                }
                return .fit(body)
            })
    }
}
