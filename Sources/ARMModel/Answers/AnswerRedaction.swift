package import StrictJSON

/// Removes from an answer what must not pass even if ARM shows it: passwords, values of protected parameters, queries
/// of signed addresses and user information in them. Works on every place of every shape, names in any case.
package enum AnswerRedaction {
    package static let marker = "[redacted]"

    /// - Returns: the value without secrets, and how many were removed.
    package static func redacted(_ node: JSONNode) -> (JSONNode, removed: Int) {
        var removed = 0
        let out = self.walk(node, removed: &removed)
        return (out, removed)
    }

    private static func walk(_ node: JSONNode, removed: inout Int) -> JSONNode {
        switch node.value {
        case .array(let elements):
            return JSONNode(.array(elements.map { self.walk($0, removed: &removed) }), offset: node.offset)
        case .object(let members):
            var out: [JSONMember] = []
            out.reserveCapacity(members.count)
            for var member in members {
                switch ASCIICase.lowered(member.name) {
                case "runaspassword":
                    guard !member.value.isNull else { break }
                    member.value = JSONNode(.string(self.marker))
                    removed += 1
                case "protectedparameters": member.value = self.hiddenValues(member.value, removed: &removed)
                case "scripturi", "outputbloburi", "errorbloburi":
                    guard let text = member.value.string else {
                        member.value = self.walk(member.value, removed: &removed)
                        break
                    }
                    let plain = self.plainAddress(text)
                    if plain.utf8.count < text.utf8.count {
                        member.value = JSONNode(.string(plain), offset: member.value.offset)
                        removed += 1
                    }
                default: member.value = self.walk(member.value, removed: &removed)
                }
                out.append(member)
            }
            return JSONNode(.object(out), offset: node.offset)
        default: return node
        }
    }

    private static func plainAddress(_ text: String) -> String {
        let place = text.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        let parts = place.split(separator: UInt8(ascii: "/"), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty, let at = parts[2].lastIndex(of: UInt8(ascii: "@")) else {
            return String(Substring(place))
        }
        return String(Substring(place[..<parts[2].startIndex])) + String(Substring(place[place.index(after: at)...]))
    }

    private static func hiddenValues(_ node: JSONNode, removed: inout Int) -> JSONNode {
        guard let elements = node.array else {
            if node.isNull { return node }
            removed += 1
            return JSONNode(.string(self.marker))
        }
        let out = elements.map { element -> JSONNode in
            guard let members = element.members else {
                removed += 1
                return JSONNode(.string(self.marker))
            }
            return JSONNode(
                .object(
                    members.map { member in
                        if ASCIICase.areEqual(member.name, "name"), member.value.string != nil { return member }
                        removed += 1
                        return JSONMember(name: member.name, value: JSONNode(.string(self.marker)))
                    }))
        }
        return JSONNode(.array(out))
    }
}
