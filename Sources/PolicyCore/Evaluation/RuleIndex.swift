import ARMModel

/// Which rules of one effect can speak of a request at all, found without asking each.
struct RuleIndex: Sendable {
    private var isEmpty = true
    private var byDigest: [ScriptDigest: [Int]] = [:]
    private var byBuiltIn: [String: [Int]] = [:]
    /// Rules that may match any inline script: `anyScript`, or no word about commands (a deny).
    private var anyInline: [Int] = []
    private var withoutCommands: [Int] = []
    private var gallery: [Int] = []
    private var byOperation: [Operation: [Int]] = [:]
    private let effect: Decision.Effect

    init(_ rules: [Rule], effect: Decision.Effect) {
        self.effect = effect
        for (index, rule) in rules.enumerated() where rule.effect == effect {
            self.isEmpty = false
            for operation in Operation.allCases where rule.operations?.contains(operation) ?? true {
                self.byOperation[operation, default: []].append(index)
            }
            guard let commands = rule.commands else {
                self.withoutCommands.append(index)
                continue
            }
            for digest in commands.digests { self.byDigest[ScriptDigest(digest), default: []].append(index) }
            for id in Set(commands.builtInIDs.map(ASCIICase.lowered)) {
                self.byBuiltIn[id, default: []].append(index)
            }
            if commands.hasAnyScript { self.anyInline.append(index) }
            if !commands.galleryScripts.isEmpty { self.gallery.append(index) }
        }
    }

    /// In the order of the policy; every rule left out would fail.
    func candidates(for facts: RequestFacts) -> [Int] {
        if self.isEmpty { return [] }
        guard let command = facts.command else { return self.byOperation[facts.request.operation] ?? [] }
        if let digest = command.digest {
            var found = self.merged(self.byDigest[digest] ?? [], self.anyInline)
            if self.effect == .deny, let commandID = command.commandID, !self.byBuiltIn.isEmpty {
                found = self.merged(found, self.byBuiltIn[ASCIICase.lowered(commandID)] ?? [])
            }
            return self.merged(found, self.withoutCommands)
        }
        if let commandID = command.commandID {
            return self.merged(self.byBuiltIn[ASCIICase.lowered(commandID)] ?? [], self.withoutCommands)
        }
        switch command.command.source {
        case .known(.gallery?): return self.merged(self.gallery, self.withoutCommands)
        case .known(.address?): return self.withoutCommands
        case .known, .unknown: return self.byOperation[facts.request.operation] ?? []
        }
    }

    private func merged(_ a: [Int], _ b: [Int]) -> [Int] {
        if b.isEmpty { return a }
        if a.isEmpty { return b }
        return Set(a + b).sorted()
    }
}
