import ARMModel
import StrictJSON

extension Gateway {
    var pageLinks: PageLinks { PageLinks(fingerprintKey: self.fingerprintKey, links: self.links) }

    /// A page of a list: its elements whole, and our own link to the next. Other members of the page are left out: a
    /// count would tell of elements that this caller does not get, and another link would lead past the gateway.
    ///
    /// A page may be empty and still have a next one; the end is a missing or null `nextLink` (facts §9.1).
    /// - Parameters:
    ///   - keeping: whether the caller may see an element.
    ///   - isElement: whether it is what the list defines.
    func page(
        _ clean: CleanReply, _ head: ARMRequestHead, _ context: CallContext,
        keeping isVisible: (JSONNode) -> Bool = { _ in true }, isElement: (JSONNode) -> Bool
    ) -> ReadContent {
        guard let document = clean.document, let members = document.members,
            let place = members.firstIndex(where: { $0.isNamed("value") }), let elements = members[place].value.array,
            elements.allSatisfy({ $0.members != nil && isElement($0) }),
            // The same list as it is relayed: scrubbing changes texts, neither number nor order.
            let relayed = clean.body?.members, relayed.count == members.count,
            let shown = relayed[place].value.array, shown.count == elements.count
        else { return .unfit("no list") }
        // Passed over, it would end the list too early.
        guard !members.contains(where: { !$0.isNamed("nextLink") && CaseFolding.areVariants($0.name, "nextLink") })
        else { return .unfit("misspelt page link") }
        let visible = zip(elements, shown).filter { isVisible($0.0) }.map(\.1)
        var page = [JSONMember(name: "value", value: JSONNode(.array(visible)))]
        // As ARM wrote it: a link from which a secret was removed leads nowhere, and inside ours it tells nobody.
        if let next = document["nextLink"], !next.isNull {
            // Azure's own clients take an empty link, too, for the end.
            guard let text = next.string else { return .unfit("page link that is no text") }
            if !text.isEmpty {
                guard head.route.query.contains(.skipToken),
                    let link = ARMListLink(text, authority: self.links.endpointAuthority, listPath: head.upstreamPath)
                else { return .unfit("foreign page link") }
                guard let ours = self.pageLinks.link(to: link.originForm, in: PageScope(head, context)) else {
                    return .unfit("page link too long")
                }
                page.append(JSONMember(name: "nextLink", value: JSONNode(.string(ours))))
            }
        }
        return .fit(JSONNode(.object(page)))
    }
}
