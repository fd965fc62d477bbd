import ARMModel

/// Whose page of which list, asked for how: what a page link is bound to.
struct PageScope: Sendable, Hashable {
    var owner: OperationOwner
    /// As the caller spelt it; bound without ASCII case.
    var path: String
    var apiVersion: String
    var expandsInstanceView: Bool

    init(owner: OperationOwner, path: String, apiVersion: String, expandsInstanceView: Bool) {
        self.owner = owner
        self.path = path
        self.apiVersion = apiVersion
        self.expandsInstanceView = expandsInstanceView
    }

    init(_ head: ARMRequestHead, _ context: CallContext) {
        self.init(
            owner: context.call.owner, path: head.upstreamPath, apiVersion: head.apiVersion.text,
            expandsInstanceView: head.expandsInstanceView)
    }

    /// Each part preceded by its length, so that no two scopes look alike.
    /// - Parameter authority: of ARM's endpoint: a page of one cloud is none of another's.
    func bound(to authority: String) -> [UInt8] {
        let parts = [
            self.owner.issuer, self.owner.tenant, self.owner.kind, self.owner.id, ASCIICase.lowered(self.path),
            self.apiVersion, self.expandsInstanceView ? "expanded" : "plain", authority,
        ]
        return parts.reduce(into: []) { bytes, part in
            for shift in stride(from: 24, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: part.utf8.count >> shift))
            }
            bytes.append(contentsOf: part.utf8)
        }
    }
}
