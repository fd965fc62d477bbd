import ARMModel
import StrictJSON

extension Gateway {
    /// GET of a machine's managed commands. Each may show what any of them was given, so the secrets of all are
    /// removed.
    func list(_ head: ARMRequestHead, _ context: CallContext) async -> GatewayAnswer {
        await self.forwardRead(
            head, context, scrubber: { self.registry.scrubber(under: Self.machine(ofList: head.upstreamPath)) },
            content: { clean, _ in
                self.page(clean, head, context) { ManagedCommandDocument.isOne($0, named: nil) }
            })
    }

    /// The path without the segment that names the family of commands.
    private static func machine(ofList path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[..<slash])
    }
}
