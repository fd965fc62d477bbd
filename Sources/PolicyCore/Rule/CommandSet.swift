import ARMModel

/// The commands and gallery scripts of a rule, laid out so that a script is found by its digest among thousands.
package struct CommandSet: Sendable {
    package let entries: [CommandRule]
    /// Resource ids with a fixed version, in lower case.
    package let galleryScripts: Set<String>
    private let byDigest: [String: [Int]]
    private let builtIns: [Int]
    private let anyScripts: [Int]

    package init(_ entries: [CommandRule], galleryScripts: some Sequence<String> = []) {
        self.entries = entries
        self.galleryScripts = Set(galleryScripts.map(ASCIICase.lowered))
        var byDigest: [String: [Int]] = [:]
        var builtIns: [Int] = []
        var anyScripts: [Int] = []
        for (index, entry) in entries.enumerated() {
            switch entry.source {
            case .script(let digest): byDigest[digest, default: []].append(index)
            case .builtIn: builtIns.append(index)
            case .anyScript: anyScripts.append(index)
            }
        }
        self.byDigest = byDigest
        self.builtIns = builtIns
        self.anyScripts = anyScripts
    }

    package var digests: some Collection<String> { self.byDigest.keys }
    /// The entries that name a script by its digest.
    private var scripts: [CommandRule] { self.byDigest.values.joined().map { self.entries[$0] } }
    package var hasAnyScript: Bool { !self.anyScripts.isEmpty }
    package var builtInIDs: [String] {
        self.builtIns.compactMap { index in
            guard case .builtIn(let id) = self.entries[index].source else { return nil }
            return id
        }
    }

    /// Entries that may be meant by a source: by digest first, then those that take any.
    ///
    /// - Parameter isFetched: whether the text came from an address; an allow then needs its digest, since whoever
    ///   writes to that address is not the one who is allowed to run what he likes.
    func candidates(for source: ScriptSource, isFetched: Bool, effect: Decision.Effect) -> [CommandRule] {
        var found: [CommandRule] = []
        func add(_ indices: [Int]) {
            for index in indices where self.entries[index].identifies(source, effect: effect) {
                found.append(self.entries[index])
            }
        }
        switch source {
        case .inline(_, let script):
            if let indices = self.byDigest[script.digest] { add(indices) }
            if !isFetched || effect == .deny { add(self.anyScripts) }
            if effect == .deny { add(self.builtIns) }
        case .builtIn: add(self.builtIns)
        case .address, .gallery: break
        }
        return found
    }

    func allows(_ command: Command, keepsStored: Bool) -> Truth {
        guard case .known(let known) = command.source else {
            // Not read yet: some entry may turn out to be meant, if its parameters fit those that are known.
            let isFetched = command.fetchedFrom != nil
            if !isFetched, !self.galleryScripts.isEmpty { return .unknown }
            let possible = isFetched ? self.scripts : self.entries
            let canFit = possible.contains { $0.failures(of: command, keepsStored: keepsStored).truth != .fails }
            return canFit ? .unknown : .fails
        }
        guard let source = known else { return .fails }
        if case .gallery(let id) = source {
            guard self.galleryScripts.contains(ASCIICase.lowered(id)) else { return .fails }
            return Self.galleryParameters.failures(of: command, keepsStored: keepsStored).truth
        }
        let isFetched = command.fetchedFrom != nil
        return self.candidates(for: source, isFetched: isFetched, effect: .allow).reduce(.fails) { truth, entry in
            truth.or(entry.failures(of: command, keepsStored: keepsStored).truth)
        }
    }

    func denies(_ command: Command) -> Truth {
        guard case .known(let known) = command.source else {
            guard command.fetchedFrom != nil else { return .unknown }
            // It will be a text: which, is not known, so only an entry for any can be sure.
            let listed = self.scripts.reduce(Truth.fails) { $0.or(Truth.unknown.and($1.denies(command))) }
            return self.anyScripts.reduce(listed) { $0.or(self.entries[$1].denies(command)) }
        }
        guard let source = known else { return .fails }
        if case .gallery(let id) = source { return Truth(self.galleryScripts.contains(ASCIICase.lowered(id))) }
        let isFetched = command.fetchedFrom != nil
        return self.candidates(for: source, isFetched: isFetched, effect: .deny).reduce(.fails) {
            $0.or($1.denies(command))
        }
    }

    /// The entry by which an allow holds, for a command of which it is known that it does.
    func allowingEntry(for command: Command, keepsStored: Bool) -> CommandRule? {
        guard case .known(let source?) = command.source else { return nil }
        let isFetched = command.fetchedFrom != nil
        let candidates = self.candidates(for: source, isFetched: isFetched, effect: .allow)
        // It holds, so a single candidate is the one; values need not be matched a second time.
        if candidates.count == 1 { return candidates[0] }
        return candidates.first { $0.failures(of: command, keepsStored: keepsStored).truth == .holds }
    }

    /// A gallery script has no entry that could list parameters: it takes none.
    static let galleryParameters = CommandRule(source: .anyScript)
}
