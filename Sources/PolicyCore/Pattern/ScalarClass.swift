/// A set of Unicode scalars, as ranges.
struct ScalarClass: Sendable, Hashable {
    private(set) var ranges: [ClosedRange<UInt32>]
    private(set) var isNegated: Bool

    init(_ ranges: [ClosedRange<UInt32>], isNegated: Bool = false) {
        self.ranges = ranges
        self.isNegated = isNegated
    }

    init(_ scalar: Unicode.Scalar) { self.init([scalar.value...scalar.value]) }

    static let digit = ScalarClass([0x30...0x39])
    static let word = ScalarClass([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = ScalarClass([0x20...0x20, 0x09...0x0A])
    static let any = ScalarClass([], isNegated: true)

    /// What is *not* named never includes a control character: a line feed gets through only where the pattern names
    /// it (`\n`, `\s`), since who writes `[^;]` seldom thinks of it.
    func contains(_ scalar: UInt32) -> Bool {
        if self.isNegated && (scalar < 0x20 || (scalar >= 0x7F && scalar < 0xA0)) { return false }
        for range in self.ranges where range.contains(scalar) { return !self.isNegated }
        return self.isNegated
    }
}
