/// The member names of one object so far, for refusing repetitions.
struct NameSet {
    private let rule: JSONNameRule
    private var folded: Set<String> = []
    /// As bytes: `==` on strings would find names equal that differ.
    private var exact: Set<[UInt8]> = []

    init(rule: JSONNameRule) { self.rule = rule }

    /// Below this many members a comparison of each pair is quicker than a set.
    private static let pairwise = 12

    /// - Parameter members: what came before in the same object.
    /// - Returns: whether the name is new.
    mutating func insert(_ name: String, after members: [JSONMember]) -> Bool {
        if members.count < Self.pairwise {
            for member in members where self.areSame(member.name, name) { return false }
            return true
        }
        if self.folded.isEmpty && self.exact.isEmpty {
            for member in members { _ = self.insert(name: member.name) }
        }
        return self.insert(name: name)
    }

    private mutating func insert(name: String) -> Bool {
        switch self.rule {
        case .refuseIdentical: self.exact.insert(Array(name.utf8)).inserted
        case .refuseCaseVariants: self.folded.insert(CaseFolding.folded(name)).inserted
        }
    }

    private func areSame(_ a: String, _ b: String) -> Bool {
        switch self.rule {
        case .refuseIdentical: Array(a.utf8) == Array(b.utf8)
        case .refuseCaseVariants: CaseFolding.areVariants(a, b)
        }
    }
}
