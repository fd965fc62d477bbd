/// Lays out a ``PatternMachine``. A pattern's states follow one another in a list, so that most transitions need no
/// entry anywhere: hundreds of kilobytes of secrets are laid out in milliseconds.
struct PatternLayout {
    /// States that one pattern added in a row.
    private struct Chain {
        var begin: Int
        var count: Int
        /// The state before the first, and how much that has read.
        var parent: Int
        var depth: Int
        /// The byte that leads to the first.
        var byte: UInt8
    }

    private var states: [UInt16] = [0]
    private var first = [UInt32](repeating: 0, count: 256)
    private var branches = BranchTable()
    private var lengths: [UInt32] = [0]
    private var chains: [Chain] = []
    private var followed = 0

    private func next(_ state: Int, _ byte: UInt8) -> Int? {
        guard state != 0 else {
            let target = Int(self.first[Int(byte)])
            return target == 0 ? nil : target
        }
        let entry = self.states[state]
        if entry & 0x1FF == PatternMachine.hasNext | UInt16(byte) { return state + 1 }
        return entry & PatternMachine.hasBranches == 0 ? nil : self.branches[state, byte]
    }

    mutating func add(_ pattern: [UInt8]) {
        guard !pattern.isEmpty else { return }
        var state = 0
        var depth = 0
        while depth < pattern.count, let target = self.next(state, PatternMachine.folded(pattern[depth])) {
            state = target
            depth += 1
        }
        self.followed += depth
        if depth < pattern.count {
            let begin = self.states.count
            let byte = PatternMachine.folded(pattern[depth])
            self.connect(state, byte, to: begin)
            self.chains.append(
                Chain(begin: begin, count: pattern.count - depth, parent: state, depth: depth, byte: byte))
            for byte in pattern[(depth + 1)...] {
                self.states.append(PatternMachine.hasNext | UInt16(PatternMachine.folded(byte)))
            }
            self.states.append(0)
            self.lengths.append(contentsOf: repeatElement(0, count: pattern.count - depth))
            state = self.states.count - 1
        }
        self.lengths[state] = UInt32(pattern.count)
    }

    private mutating func connect(_ state: Int, _ byte: UInt8, to target: Int) {
        if state == 0 {
            self.first[Int(byte)] = UInt32(target)
        } else if target == state + 1, self.states[state] & PatternMachine.hasNext == 0 {
            self.states[state] |= PatternMachine.hasNext | UInt16(byte)
        } else {
            self.states[state] |= PatternMachine.hasBranches
            self.branches.insert(state, byte, target: target)
        }
    }

    /// - Parameter steps: increased by one for each state laid out or followed.
    mutating func machine(hasWideSecrets: Bool, steps: inout Int) -> PatternMachine {
        let fallbacks = self.fallbacks()
        steps += self.followed + self.states.count
        return PatternMachine(
            states: self.states, first: self.first, branches: self.branches, fallbacks: fallbacks,
            lengths: self.lengths, hasWideSecrets: hasWideSecrets)
    }

    /// Goes through all chains side by side, because a fallback has read less than its state and must be known before.
    private mutating func fallbacks() -> [UInt32] {
        var fallbacks = [UInt32](repeating: 0, count: self.states.count)
        let chains = self.chains.sorted { $0.depth < $1.depth }
        var begun = 0
        var active: [(state: Int, end: Int, parent: Int, byte: UInt8)] = []
        var depth = 0
        while begun < chains.count || !active.isEmpty {
            if active.isEmpty { depth = chains[begun].depth }
            while begun < chains.count, chains[begun].depth == depth {
                let chain = chains[begun]
                active.append((chain.begin, chain.begin + chain.count, chain.parent, chain.byte))
                begun += 1
            }
            var kept = 0
            for index in active.indices {
                let (state, end, parent, byte) = active[index]
                let fallback = parent == 0 ? 0 : self.fallback(after: Int(fallbacks[parent]), byte, fallbacks)
                fallbacks[state] = UInt32(fallback)
                if self.lengths[state] == 0 { self.lengths[state] = self.lengths[fallback] }
                guard state + 1 < end else { continue }
                active[kept] = (state + 1, end, state, UInt8(truncatingIfNeeded: self.states[state]))
                kept += 1
            }
            active.removeLast(active.count - kept)
            depth += 1
        }
        return fallbacks
    }

    private mutating func fallback(after shorter: Int, _ byte: UInt8, _ fallbacks: [UInt32]) -> Int {
        var state = shorter
        while true {
            self.followed += 1
            if let target = self.next(state, byte) { return target }
            if state == 0 { return 0 }
            state = Int(fallbacks[state])
        }
    }
}
