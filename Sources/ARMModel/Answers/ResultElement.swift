package import Redaction
package import StrictJSON

/// One element of an action's result or of a view's `statuses` (facts §5.1): texts, each of which may be missing.
package struct ResultElement: Sendable, Hashable {
    package var code: String?
    package var level: String?
    package var message: String?

    /// - Returns: `nil` unless it is an object whose known members are texts; a `null` stands for none.
    package init?(_ node: JSONNode) {
        guard let members = node.members,
            members.allSatisfy({ !Self.isText($0) || $0.value.isNull || $0.value.string != nil })
        else { return nil }
        self.code = node["code"]?.string
        self.level = node["level"]?.string
        self.message = node["message"]?.string
    }

    /// - Returns: `nil` if one of them is none.
    package static func all(_ nodes: [JSONNode]) -> [ResultElement]? {
        var out: [ResultElement] = []
        out.reserveCapacity(nodes.count)
        for node in nodes {
            guard let element = ResultElement(node) else { return nil }
            out.append(element)
        }
        return out
    }

    /// With the secrets taken out of what becomes part of a record; code and level tell what it means and stay.
    package func scrubbed(by scrubber: Scrubber) -> ResultElement {
        var element = self
        element.message = self.message.map { scrubber.scrubbed($0).0 }
        return element
    }

    private static func isText(_ member: JSONMember) -> Bool {
        ["code", "level", "displayStatus", "message", "time"].contains { ASCIICase.areEqual($0, member.name) }
    }
}
