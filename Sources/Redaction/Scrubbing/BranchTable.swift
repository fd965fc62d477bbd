/// The rare transitions of a ``PatternMachine``: from a state by a byte, where the state has more than one.
///
/// Open addressing with a multiplier drawn anew for each table, so that nobody can choose secrets that collide.
struct BranchTable: Sendable {
    private var keys: [UInt64] = []
    private var targets: [UInt32] = []
    private var count = 0
    private let multiplier = UInt64.random(in: 0...UInt64.max) | 1

    private func place(of key: UInt64) -> Int {
        let mask = self.keys.count - 1
        var place = Int(truncatingIfNeeded: (key &* self.multiplier) >> 32) & mask
        while self.keys[place] != 0 && self.keys[place] != key { place = (place + 1) & mask }
        return place
    }

    /// Zero marks a free place, and no key is zero.
    private static func key(_ state: Int, _ byte: UInt8) -> UInt64 { (UInt64(state) << 8 | UInt64(byte)) + 1 }

    subscript(state: Int, byte: UInt8) -> Int? {
        guard !self.keys.isEmpty else { return nil }
        let place = self.place(of: Self.key(state, byte))
        return self.keys[place] == 0 ? nil : Int(self.targets[place])
    }

    /// - Precondition: there is no transition from this state by this byte yet.
    mutating func insert(_ state: Int, _ byte: UInt8, target: Int) {
        if (self.count + 1) * 2 > self.keys.count { self.grow() }
        let key = Self.key(state, byte)
        let place = self.place(of: key)
        self.keys[place] = key
        self.targets[place] = UInt32(target)
        self.count += 1
    }

    private mutating func grow() {
        let (keys, targets) = (self.keys, self.targets)
        let size = max(16, keys.count * 2)
        self.keys = Array(repeating: 0, count: size)
        self.targets = Array(repeating: 0, count: size)
        for (key, target) in zip(keys, targets) where key != 0 {
            let place = self.place(of: key)
            self.keys[place] = key
            self.targets[place] = target
        }
    }
}
