import ARMModel
import Redaction
import StrictJSON

extension Gateway {
    /// GET of one managed command.
    func read(_ head: ARMRequestHead, _ context: CallContext) async -> GatewayAnswer {
        // Asked before and after: what the read shows is not the end of an update that comes meanwhile.
        let open = self.registry.open(target: head.upstreamPath)
        let unknown = self.unknownChange(head)
        return await self.forwardRead(
            head, context, scrubber: { self.registry.scrubber(ofTarget: head.upstreamPath) },
            content: { clean, _ in
                guard let document = clean.document, let body = clean.body,
                    ManagedCommandDocument.isOne(document, named: head.target.runCommand)
                else { return .unfit("no managed command") }
                if let open, open == self.registry.open(target: head.upstreamPath),
                    let end = Self.end(shownBy: document, clean.scrubber)
                {
                    await self.recordEnd(of: open, end, context)
                }
                await self.endHold(
                    of: unknown, shownBy: document, Self.end(shownBy: document, clean.scrubber), head, context)
                return .fit(body)
            })
    }

    /// How the command's latest run ended. While the service still works on an update, the view is that of the run
    /// before.
    private static func end(shownBy document: JSONNode, _ scrubber: Scrubber) -> Outcome? {
        guard let properties = document["properties"],
            let view = properties["instanceView"].map(InstanceView.init), view.isTerminal
        else { return nil }
        let state = properties["provisioningState"]?.string
        guard state.map({ OutcomeStatus(terminal: $0) != nil }) ?? true else { return nil }
        return Outcome(view.scrubbed(by: scrubber))
    }
}
