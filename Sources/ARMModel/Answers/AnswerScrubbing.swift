package import Redaction
package import StrictJSON

/// Removes known secrets from every string of an answer, names included, and from its numbers.
///
/// What the protocol itself says stays: the names that Azure gives to members, and its words for states where a state
/// stands. A secret that is equal to one of them is not told by it, and without them the answer could not be read.
package enum AnswerScrubbing {
    /// - Returns: the answer without the secrets, and how many places were changed. A number that holds a secret
    ///   becomes the text `[redacted]`.
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
            return count == 0 ? node : JSONNode(.string(clean), offset: node.offset)
        case .number(let text):
            guard self.spellings(ofNumber: text).contains(where: { scrubber.scrubbed($0).removed > 0 }) else {
                return node
            }
            removed += 1
            return JSONNode(.string(Scrubber.marker), offset: node.offset)
        case .array(let elements):
            return JSONNode(.array(elements.map { self.walk($0, scrubber, &removed) }), offset: node.offset)
        case .object(let members):
            return JSONNode(.object(self.walk(members, scrubber, &removed)), offset: node.offset)
        default: return node
        }
    }

    private static func walk(
        _ members: [JSONMember], _ scrubber: Scrubber, _ removed: inout Int
    ) -> [JSONMember] {
        var names = ScrubbedNames()
        var out: [JSONMember] = []
        out.reserveCapacity(members.count)
        for var member in members {
            if case .string(let text) = member.value.value,
                AnswerVocabulary.isStateWord(text, inMember: member.name)
            {
                // Stays as it is.
            } else {
                member.value = self.walk(member.value, scrubber, &removed)
            }
            if !AnswerVocabulary.isMemberName(member.name) {
                let (clean, count) = scrubber.scrubbed(member.name)
                if count > 0 {
                    removed += count
                    names.rewrite(at: out.count)
                    member.name = clean
                }
            }
            out.append(member)
        }
        names.number(&out)
        return out
    }

    /// As written, and without the exponent: `9.8765432e7` tells 98765432.
    private static func spellings(ofNumber text: String) -> [String] {
        let parts = text.split(maxSplits: 1) { $0 == "e" || $0 == "E" }
        guard parts.count == 2, let exponent = Int(parts[1]), (0...512).contains(exponent) else { return [text] }
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let fraction = mantissa.count == 2 ? String(mantissa[1]) : ""
        let zeros = String(repeating: "0", count: max(0, exponent - fraction.count))
        return [text, mantissa[0] + fraction.prefix(exponent) + zeros]
    }
}

/// Which names of one object were rewritten: two that held secrets must not become one.
private struct ScrubbedNames {
    private var places: [Int] = []

    mutating func rewrite(at place: Int) { self.places.append(place) }

    /// `[redacted]`, `[redacted 2]`, `[redacted 3]`, as far as needed to tell them apart.
    func number(_ members: inout [JSONMember]) {
        guard !self.places.isEmpty else { return }
        let rewritten = Set(self.places)
        var taken: Set<String> = []
        for place in members.indices where !rewritten.contains(place) { taken.insert(members[place].name) }
        var numbers: [String: Int] = [:]
        for place in self.places {
            let name = members[place].name
            var number = numbers[name] ?? 1
            var candidate = name
            while !taken.insert(candidate).inserted {
                number += 1
                candidate = name.replacing(Scrubber.marker, with: "[redacted \(number)]", maxReplacements: 1)
            }
            numbers[name] = number
            members[place].name = candidate
        }
    }
}
