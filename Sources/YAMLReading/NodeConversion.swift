import Yams

/// Turns the parser's nodes into ours and reports what we do not accept.
struct NodeConversion {
    let file: String
    let problems: Problems

    /// The node, or an empty one in the place of what was refused, so that the rest is still looked at.
    func convert(_ node: Node) -> YAMLNode {
        let mark = place(node.mark)
        if node.anchor != nil {
            problems.error("anchors and aliases are not accepted; write the value out", at: mark)
            return YAMLNode(.mapping([]), at: mark)
        }
        switch node {
        case .scalar(let scalar): return convert(scalar, at: mark)
        case .sequence(let sequence):
            refuseTag(sequence.tag.rawValue, at: mark)
            return YAMLNode(.sequence(sequence.map(convert)), at: mark)
        case .mapping(let mapping):
            refuseTag(mapping.tag.rawValue, at: mark)
            return YAMLNode(.mapping(members(of: mapping)), at: mark)
        case .alias:
            problems.error("anchors and aliases are not accepted; write the value out", at: mark)
            return YAMLNode(.mapping([]), at: mark)
        }
    }

    private func convert(_ scalar: Node.Scalar, at mark: YAMLMark) -> YAMLNode {
        let isPlain = scalar.style == .plain || scalar.style == .any
        // The parser itself marks quoted text as a string.
        if isPlain || scalar.tag.rawValue != Tag.Name.str.rawValue { refuseTag(scalar.tag.rawValue, at: mark) }
        if scalar.string.unicodeScalars.contains(where: Self.isControl) {
            problems.error("control characters are not accepted", at: mark)
        }
        return YAMLNode(.scalar(scalar.string, isPlain ? .plain : .quoted), at: mark)
    }

    private func members(of mapping: Node.Mapping) -> [YAMLNode.Member] {
        var members: [YAMLNode.Member] = []
        var seen: Set<String> = []
        for (key, value) in mapping {
            let mark = place(key.mark)
            guard case .scalar(let scalar) = key, scalar.anchor == nil,
                !scalar.string.unicodeScalars.contains(where: Self.isControl)
            else {
                problems.error("a key must be plain text", at: mark)
                continue
            }
            // The parser takes 1 and "1" for different keys; nobody who reviews the file does.
            guard seen.insert(scalar.string).inserted else {
                problems.error("'\(scalar.string)' stands more than once in the same mapping", at: mark)
                continue
            }
            members.append(YAMLNode.Member(key: scalar.string, keyMark: mark, value: convert(value)))
        }
        return members
    }

    private func refuseTag(_ tag: String, at mark: YAMLMark) {
        if tag != Tag.Name.implicit.rawValue { problems.error("tags such as !!str are not accepted", at: mark) }
    }

    private func place(_ mark: Mark?) -> YAMLMark {
        YAMLMark(file: file, line: mark?.line, column: mark?.column)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\t" && scalar != "\n" && scalar != "\r"
    }
}
