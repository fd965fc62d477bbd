package import Redaction
package import StrictJSON

/// Removes known secrets from every string of an answer, names included.
package enum AnswerScrubbing {
    package static func scrubbed(_ node: JSONNode, by scrubber: Scrubber) -> (JSONNode, removed: Int) {
        guard !scrubber.isEmpty else { return (node, 0) }
        var removed = 0
        let out = self.walk(node, scrubber, &removed)
        return (out, removed)
    }

    private static func walk(_ node: JSONNode, _ scrubber: Scrubber, _ removed: inout Int) -> JSONNode {
        switch node.value {
        case .string(let text):
            let (clean, count) = scrubber.scrubbed(text)
            removed += count
            return JSONNode(.string(clean), offset: node.offset)
        case .array(let elements):
            return JSONNode(.array(elements.map { self.walk($0, scrubber, &removed) }), offset: node.offset)
        case .object(let members):
            let out = members.map { member in
                let (name, count) = scrubber.scrubbed(member.name)
                removed += count
                return JSONMember(name: name, value: self.walk(member.value, scrubber, &removed))
            }
            return JSONNode(.object(out), offset: node.offset)
        default: return node
        }
    }
}
