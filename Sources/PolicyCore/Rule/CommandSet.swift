import ARMModel

/// The commands and gallery scripts of a rule, laid out so that a script is found by its digest among thousands.
package final class CommandSet: Sendable {
    package let entries: [CommandRule]
    /// Resource ids with a fixed version, in lower case.
    package let galleryScripts: Set<String>
    private let byDigest: [ScriptDigest: [Int]]
    private let builtIns: [Int]
    private let anyScripts: [Int]

    package init(_ entries: [CommandRule], galleryScripts: some Sequence<String> = []) {
        self.entries = entries
        self.galleryScripts = Set(galleryScripts.map(ASCIICase.lowered))
        var byDigest: [ScriptDigest: [Int]] = [:]
        var builtIns: [Int] = []
        var anyScripts: [Int] = []
        for (index, entry) in entries.enumerated() {
            switch entry.source {
            case .script(let digest): byDigest[ScriptDigest(digest), default: []].append(index)
            case .builtIn: builtIns.append(index)
            case .anyScript: anyScripts.append(index)
            }
        }
        self.byDigest = byDigest
        self.builtIns = builtIns
        self.anyScripts = anyScripts
    }

    package var digests: some Collection<String> { self.byDigest.keys.lazy.map(\.text) }
    /// The entries that name a script by its digest.
    private var scripts: [CommandRule] { self.byDigest.values.joined().map { self.entries[$0] } }
    package var hasAnyScript: Bool { !self.anyScripts.isEmpty }
    package var builtInIDs: [String] {
        self.builtIns.compactMap { index in
            guard case .builtIn(let id) = self.entries[index].source else { return nil }
            return id
        }
    }

    /// The first of the entries that may be meant, parameters aside, that passes a test: those with the script's digest
    /// first, then those that take any.
    ///
    /// An allowed built-in never lets a script ride along: where the request carries a script in any form, its source
    /// is inline, whatever command id stands beside it, and entries for built-ins are not asked. A script that was
    /// fetched is allowed by its digest only, since whoever writes to its address is not the one who is allowed to run
    /// what he likes.
    func firstCandidate(
        for command: CommandFacts, effect: Decision.Effect, where test: (CommandRule) -> Bool
    ) -> CommandRule? {
        if let digest = command.digest {
            for index in self.byDigest[digest] ?? [] {
                let entry = self.entries[index]
                if entry.isCarried(as: command), test(entry) { return entry }
            }
            if !command.isFetched || effect == .deny {
                for index in self.anyScripts {
                    let entry = self.entries[index]
                    if entry.isCarried(as: command), test(entry) { return entry }
                }
            }
            guard effect == .deny else { return nil }
        }
        guard let commandID = command.commandID else { return nil }
        for index in self.builtIns {
            let entry = self.entries[index]
            if entry.isBuiltIn(named: commandID), test(entry) { return entry }
        }
        return nil
    }

    /// - Parameter entry: the one by which it holds; unchanged where none is needed.
    func allows(_ command: CommandFacts, keepsStored: Bool, by entry: inout CommandRule?) -> Truth {
        switch command.source {
        case .unread:
            // Not read yet: some entry may turn out to be meant, if its parameters fit those that are known.
            if !command.isFetched, !self.galleryScripts.isEmpty { return .unknown }
            let possible = command.isFetched ? self.scripts : self.entries
            let canFit = possible.contains { $0.failures(of: command, keepsStored: keepsStored).truth != .fails }
            return canFit ? .unknown : .fails
        case .gallery(let id):
            guard self.galleryScripts.contains(ASCIICase.lowered(id)) else { return .fails }
            return Self.galleryParameters.failures(of: command, keepsStored: keepsStored).truth
        case .other:
            var truth = Truth.fails
            entry = self.firstCandidate(for: command, effect: .allow) { entry in
                truth = truth.or(entry.failures(of: command, keepsStored: keepsStored).truth)
                return truth == .holds
            }
            return truth
        }
    }

    func denies(_ command: CommandFacts) -> Truth {
        switch command.source {
        case .unread:
            guard command.isFetched else { return .unknown }
            // It will be a text: which, is not known, so only an entry for any can be sure.
            let listed = self.scripts.reduce(Truth.fails) { $0.or(Truth.unknown.and($1.denies(command))) }
            return self.anyScripts.reduce(listed) { $0.or(self.entries[$1].denies(command)) }
        case .gallery(let id): return Truth(self.galleryScripts.contains(ASCIICase.lowered(id)))
        case .other:
            var truth = Truth.fails
            _ = self.firstCandidate(for: command, effect: .deny) { entry in
                truth = truth.or(entry.denies(command))
                return truth == .holds
            }
            return truth
        }
    }

    /// A gallery script has no entry that could list parameters: it takes none.
    static let galleryParameters = CommandRule(source: .anyScript)
}
