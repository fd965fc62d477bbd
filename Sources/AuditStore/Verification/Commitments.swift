import StrictJSON

/// A text's stand-in within the canonical bytes.
struct Commitment: Hashable {
    /// Lower-case hexadecimal.
    var hex: String
    var length: Int64
}

/// Finds every commitment in a row by its JSON pointer (RFC 6901).
enum Commitments {
    static func all(in node: JSONNode) -> [String: Commitment] {
        var found: [String: Commitment] = [:]
        Self.collect(node, at: "", into: &found)
        return found
    }

    private static func collect(_ node: JSONNode, at pointer: String, into found: inout [String: Commitment]) {
        switch node.value {
        case .array(let elements):
            for (position, element) in elements.enumerated() {
                Self.collect(element, at: "\(pointer)/\(position)", into: &found)
            }
        case .object(let members):
            // Exactly these members of these types: nothing that a caller chooses has this shape.
            if members.count == 2, let hex = node["commitment"]?.string, let length = node["length"]?.integer {
                found[pointer] = Commitment(hex: hex, length: length)
                return
            }
            for member in members {
                Self.collect(member.value, at: "\(pointer)/\(Self.escaped(member.name))", into: &found)
            }
        case .null, .bool, .number, .string: break
        }
    }

    private static func escaped(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return name }
        var out = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": out += "~0"
            case "/": out += "~1"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}
