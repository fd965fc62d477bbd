/// A pattern that covers a whole value, matched in time linear in the value's length whatever pattern and value are.
///
/// The pattern is laid out as a small machine (Thompson's construction) that is in several states at once, so nothing
/// is ever tried twice: each character visits each step at most once.
package struct LinearPattern: Sendable, Hashable {
    /// As many steps as a pattern may come to, with its repetitions written out.
    package static let mostSteps = 2_048

    private enum Step: Sendable {
        case take(Int)
        case fork(Int, Int)
        case go(Int)
        case accept
    }

    package let text: String
    private let steps: [Step]
    private let classes: [ScalarClass]

    package init(_ text: String) throws(PatternError) {
        var layout = Layout()
        try layout.add(try PatternParser.parse(text))
        try layout.append(.accept)
        self.text = text
        self.steps = layout.steps
        self.classes = layout.classes
    }

    package static func == (a: LinearPattern, b: LinearPattern) -> Bool { a.text == b.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.text) }

    package var stepCount: Int { self.steps.count }

    package func matches(_ value: String) -> Bool {
        var visits = 0
        return self.matches(value, visits: &visits)
    }

    /// - Parameter visits: increased by one for each step looked at, so that a test can count instead of time.
    package func matches(_ value: String, visits: inout Int) -> Bool {
        var current = ActiveSteps(capacity: self.steps.count)
        var next = ActiveSteps(capacity: self.steps.count)
        self.activate(0, in: &current, visits: &visits)
        for scalar in value.unicodeScalars {
            if current.list.isEmpty { return false }
            for index in current.list {
                guard case .take(let set) = self.steps[index] else { continue }
                if self.classes[set].contains(scalar.value) { self.activate(index + 1, in: &next, visits: &visits) }
            }
            swap(&current, &next)
            next.clear()
        }
        return current.isMarked(self.steps.count - 1)
    }

    /// Follows forks and jumps from one step; the stack is bounded because a step is entered once a character.
    private func activate(_ start: Int, in active: inout ActiveSteps, visits: inout Int) {
        active.pending.append(start)
        while let index = active.pending.popLast() {
            guard active.mark(index) else { continue }
            visits += 1
            switch self.steps[index] {
            case .take: active.list.append(index)
            case .accept: break
            case .go(let target): active.pending.append(target)
            case .fork(let one, let other):
                active.pending.append(other)
                active.pending.append(one)
            }
        }
    }

    /// The steps that the machine is in, and which were looked at for the present character.
    private struct ActiveSteps {
        var list: [Int] = []
        var pending: [Int] = []
        private var marks: [UInt32]
        private var round: UInt32 = 1

        init(capacity: Int) { self.marks = Array(repeating: 0, count: capacity) }

        func isMarked(_ index: Int) -> Bool { self.marks[index] == self.round }

        mutating func mark(_ index: Int) -> Bool {
            if self.marks[index] == self.round { return false }
            self.marks[index] = self.round
            return true
        }

        mutating func clear() {
            self.list.removeAll(keepingCapacity: true)
            self.round &+= 1
        }
    }

    private struct Layout {
        var steps: [Step] = []
        var classes: [ScalarClass] = []
        private var known: [ScalarClass: Int] = [:]

        mutating func append(_ step: Step) throws(PatternError) {
            guard self.steps.count < LinearPattern.mostSteps else {
                throw PatternError(
                    message: "is too large: with its repetitions written out it has more than "
                        + "\(LinearPattern.mostSteps) steps", place: 1)
            }
            self.steps.append(step)
        }

        mutating func add(_ node: PatternNode) throws(PatternError) {
            switch node {
            case .one(let set):
                let index = self.known[set] ?? self.classes.count
                if index == self.classes.count {
                    self.classes.append(set)
                    self.known[set] = index
                }
                try self.append(.take(index))
            case .sequence(let parts):
                for part in parts { try self.add(part) }
            case .choice(let branches):
                var ends: [Int] = []
                for branch in branches.dropLast() {
                    let fork = self.steps.count
                    try self.append(.fork(0, 0))
                    try self.add(branch)
                    ends.append(self.steps.count)
                    try self.append(.go(0))
                    self.steps[fork] = .fork(fork + 1, self.steps.count)
                }
                if let last = branches.last { try self.add(last) }
                for end in ends { self.steps[end] = .go(self.steps.count) }
            case .repeated(let inner, let least, let most):
                for _ in 0..<least { try self.add(inner) }
                guard let most else { return try self.addLoop(inner) }
                var forks: [Int] = []
                for _ in least..<most {
                    forks.append(self.steps.count)
                    try self.append(.fork(0, 0))
                    try self.add(inner)
                }
                for fork in forks { self.steps[fork] = .fork(fork + 1, self.steps.count) }
            }
        }

        private mutating func addLoop(_ inner: PatternNode) throws(PatternError) {
            let fork = self.steps.count
            try self.append(.fork(0, 0))
            try self.add(inner)
            try self.append(.go(fork))
            self.steps[fork] = .fork(fork + 1, self.steps.count)
        }
    }
}
