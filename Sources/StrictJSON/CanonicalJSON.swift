/// RFC 8785 canonical JSON of a value, restricted to what our records hold: numbers are integers within ±2⁵³.
package enum CanonicalJSON {
    /// - Returns: the canonical bytes, or `nil` if the value holds a number that is not such an integer.
    package static func bytes(of node: JSONNode) -> [UInt8]? {
        guard let sorted = Self.sorted(node) else { return nil }
        var writer = JSONWriter(capacity: 1024)
        writer.node(sorted)
        return writer.bytes
    }

    private static func sorted(_ node: JSONNode) -> JSONNode? {
        switch node.value {
        case .null, .bool, .string: return node
        case .number(let text):
            guard let value = node.integer, value.magnitude <= 1 << 53, text == String(value) else { return nil }
            return node
        case .array(let elements):
            var out: [JSONNode] = []
            for element in elements {
                guard let element = Self.sorted(element) else { return nil }
                out.append(element)
            }
            return JSONNode(.array(out), offset: node.offset)
        case .object(let members):
            var out: [JSONMember] = []
            for var member in members {
                guard let value = Self.sorted(member.value) else { return nil }
                member.value = value
                out.append(member)
            }
            out.sort { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
            return JSONNode(.object(out), offset: node.offset)
        }
    }
}
