package import StrictJSON

/// Puts our operation id in the place of ARM's, which would open the output to any reader of the subscription.
package enum IdentifierReplacement {
    package static func replacing(_ theirs: String, with ours: String, in node: JSONNode) -> JSONNode {
        guard theirs.utf8.count >= 8 else { return node }
        switch node.value {
        case .string(let text):
            return JSONNode(.string(self.replaced(theirs, with: ours, in: text)), offset: node.offset)
        case .array(let elements):
            return JSONNode(.array(elements.map { self.replacing(theirs, with: ours, in: $0) }), offset: node.offset)
        case .object(let members):
            return JSONNode(
                .object(
                    members.map {
                        JSONMember(name: $0.name, value: self.replacing(theirs, with: ours, in: $0.value))
                    }), offset: node.offset)
        default: return node
        }
    }

    private static func replaced(_ theirs: String, with ours: String, in text: String) -> String {
        let needle = ASCIICase.lowered(theirs)
        return text.withBytes { bytes in
            needle.withBytes { needle in
                guard var found = ASCIISearch.firstIndex(of: needle, in: bytes, from: 0) else { return text }
                var out: [UInt8] = []
                var kept = 0
                while true {
                    out.append(contentsOf: bytes[kept..<found])
                    out.append(contentsOf: ours.utf8)
                    kept = found + needle.count
                    guard let next = ASCIISearch.firstIndex(of: needle, in: bytes, from: kept) else { break }
                    found = next
                }
                out.append(contentsOf: bytes[kept...])
                return String(decoding: out, as: UTF8.self)
            }
        }
    }
}
