/// The member names of one object so far, for refusing repetitions.
struct NameSet {
    private let rule: JSONNameRule
    private var folded: Set<String> = []

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
        if self.folded.isEmpty {
            for member in members { self.folded.insert(self.key(member.name)) }
        }
        return self.folded.insert(self.key(name)).inserted
    }

    private func areSame(_ a: String, _ b: String) -> Bool {
        switch self.rule {
        case .refuseIdentical: Array(a.utf8) == Array(b.utf8)
        case .refuseCaseVariants: CaseFolding.areVariants(a, b)
        }
    }

    private func key(_ name: String) -> String {
        self.rule == .refuseIdentical ? name : CaseFolding.folded(name)
    }
}
