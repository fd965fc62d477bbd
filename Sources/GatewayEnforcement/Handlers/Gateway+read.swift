import ARMModel
import StrictJSON

extension Gateway {
    /// GET of one managed command.
    func read(_ head: ARMRequestHead, _ context: CallContext) async -> GatewayAnswer {
        // Asked before and after: what the read shows is not the end of an update that comes meanwhile.
        let open = self.registry.open(target: head.upstreamPath)
        return await self.forwardRead(
            head, context, scrubber: { self.registry.scrubber(ofTarget: head.upstreamPath) },
            content: { clean, _ in
                guard let body = clean.body, body["properties"]?.members != nil else {
                    return .unfit("no managed command")
                }
                if let open, open == self.registry.open(target: head.upstreamPath), let end = Self.end(shownBy: body) {
                    await self.recordEnd(of: open, end, context)
                }
                return .fit(body)
            })
    }

    /// How the command's latest run ended. While the service still works on an update, the view is that of the run
    /// before.
    private static func end(shownBy body: JSONNode) -> Outcome? {
        guard let properties = body["properties"],
            let view = properties["instanceView"].map(InstanceView.init), view.isTerminal
        else { return nil }
        let state = properties["provisioningState"]?.string
        guard state == nil || ["Succeeded", "Failed", "Canceled"].contains(state) else { return nil }
        return Outcome(view)
    }
}
