/// The member names of one object so far, for refusing repetitions where there are many names or unusual ones.
struct NameSet {
    private let rule: JSONNameRule
    private var folded: Set<String> = []
    /// As bytes: `==` on strings would find names equal that differ.
    private var exact: Set<[UInt8]> = []

    /// - Parameter members: what came before in the same object.
    init(rule: JSONNameRule, members: [JSONMember]) {
        self.rule = rule
        for member in members { _ = self.insert(member.name) }
    }

    /// - Returns: whether the name is new.
    mutating func insert(_ name: String) -> Bool {
        switch self.rule {
        case .refuseIdentical: self.exact.insert(Array(name.utf8)).inserted
        case .refuseCaseVariants: self.folded.insert(CaseFolding.folded(name)).inserted
        }
    }

    static func areSame(_ a: String, _ b: String, rule: JSONNameRule) -> Bool {
        switch rule {
        case .refuseIdentical: a.utf8.elementsEqual(b.utf8)
        case .refuseCaseVariants: CaseFolding.areVariants(a, b)
        }
    }
}

/// Names of the objects that a reader is inside of, the innermost last, as keys that tell most names apart at once.
struct NameKeys {
    /// Above this many names in an object a set is quicker.
    private static let most = 64

    private let rule: JSONNameRule
    private var keys: [UInt64] = []

    init(rule: JSONNameRule) {
        self.rule = rule
        self.keys.reserveCapacity(64)
    }

    /// One object of those that the reader is inside of.
    struct Scope {
        fileprivate let start: Int
        /// Takes over once there are many names, or one that is not plain ASCII.
        fileprivate var set: NameSet?
    }

    func begin() -> Scope { Scope(start: self.keys.count) }

    mutating func end(_ scope: Scope) { self.keys.removeLast(self.keys.count - scope.start) }

    /// - Parameters:
    ///   - key: ``PlainText/caselessKey(of:)``, or `nil` for a name that is not plain ASCII.
    ///   - members: what came before in the same object.
    /// - Returns: whether the name is new in its object.
    mutating func insert(_ name: String, key: UInt64?, in scope: inout Scope, after members: [JSONMember]) -> Bool {
        if scope.set == nil {
            if let key, members.count < Self.most {
                for index in members.indices
                where self.keys[scope.start + index] == key && self.areSame(members[index].name, name) {
                    return false
                }
                self.keys.append(key)
                return true
            }
            scope.set = NameSet(rule: self.rule, members: members)
        }
        return scope.set?.insert(name) ?? false
    }

    private func areSame(_ a: String, _ b: String) -> Bool { NameSet.areSame(a, b, rule: self.rule) }
}
