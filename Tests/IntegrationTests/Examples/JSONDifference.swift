import StrictJSON

/// What differs in meaning between two JSON values; the order of members has none.
enum JSONDifference {
    /// - Returns: one line a place, as `PATH: OLD → NEW`, in which `-` stands for nothing.
    static func between(_ old: JSONNode?, _ new: JSONNode?, at path: String = "$") -> Set<String> {
        guard let old, let new else {
            return old == nil && new == nil ? [] : ["\(path): \(self.text(old)) → \(self.text(new))"]
        }
        if let members = old.members, let others = new.members {
            var names = members.map(\.name)
            names += others.map(\.name).filter { !names.contains($0) }
            var found: Set<String> = []
            if Set(members.map(\.name)).count != members.count || Set(others.map(\.name)).count != others.count {
                found.insert("\(path): a name twice")
            }
            for name in names {
                found.formUnion(
                    self.between(
                        members.first { $0.name == name }?.value, others.first { $0.name == name }?.value,
                        at: "\(path).\(name)"))
            }
            return found
        }
        if let elements = old.array, let others = new.array, elements.count == others.count {
            return zip(elements, others).enumerated().reduce(into: []) { found, pair in
                found.formUnion(self.between(pair.element.0, pair.element.1, at: "\(path)[\(pair.offset)]"))
            }
        }
        let (a, b) = (self.text(old), self.text(new))
        return a == b ? [] : ["\(path): \(a) → \(b)"]
    }

    static func text(_ node: JSONNode?) -> String {
        guard let node else { return "-" }
        var writer = JSONWriter()
        writer.node(node)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
