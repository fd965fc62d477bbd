/// Finds many byte patterns in one pass over a text (Aho and Corasick, 1975), in time linear in the text whatever text
/// and patterns are. Laid out by ``PatternLayout``.
///
/// State 0 has read nothing; any other stands for the beginning of a pattern that was read. `+` counts as a space, in
/// patterns and texts, because forms write the one for the other.
final class PatternMachine: Sendable {
    /// Of a state: the byte that leads to the next state in the list, whether there is one, whether there are others.
    static let hasNext: UInt16 = 0x100
    static let hasBranches: UInt16 = 0x200

    private let states: [UInt16]
    /// Where state 0 goes by each byte; 0 where no pattern begins so.
    private let first: [UInt32]
    private let branches: BranchTable
    /// The state of the longest other beginning with which what was read ends.
    private let fallbacks: [UInt32]
    /// Length of the longest pattern with which what was read ends, or 0.
    private let lengths: [UInt32]
    /// Some secret has no zero byte in UTF-16, so that zeros are no sign to go by.
    let hasWideSecrets: Bool

    init(
        states: [UInt16], first: [UInt32], branches: BranchTable, fallbacks: [UInt32], lengths: [UInt32],
        hasWideSecrets: Bool
    ) {
        self.states = states
        self.first = first
        self.branches = branches
        self.fallbacks = fallbacks
        self.lengths = lengths
        self.hasWideSecrets = hasWideSecrets
    }

    @inline(__always) static func folded(_ byte: UInt8) -> UInt8 { byte == UInt8(ascii: "+") ? 0x20 : byte }

    /// - Parameter steps: increased by one for each byte, and each state that was left for a shorter one.
    /// - Returns: where patterns stand, in order, overlapping ones joined.
    func places(in bytes: UnsafeBufferPointer<UInt8>, steps: inout Int) -> [Range<Int>] {
        var places: [Range<Int>] = []
        self.states.withUnsafeBufferPointer { states in
            self.first.withUnsafeBufferPointer { first in
                self.fallbacks.withUnsafeBufferPointer { fallbacks in
                    self.lengths.withUnsafeBufferPointer { lengths in
                        var state = 0
                        var left = 0
                        for index in bytes.indices {
                            let byte = Self.folded(bytes[index])
                            while true {
                                guard state != 0 else {
                                    state = Int(first[Int(byte)])
                                    break
                                }
                                let entry = states[state]
                                if entry & 0x1FF == Self.hasNext | UInt16(byte) {
                                    state += 1
                                    break
                                }
                                if entry & Self.hasBranches != 0, let target = self.branches[state, byte] {
                                    state = target
                                    break
                                }
                                state = Int(fallbacks[state])
                                left += 1
                            }
                            let length = Int(lengths[state])
                            if length > 0 { Self.join((index + 1 - length)..<(index + 1), to: &places) }
                        }
                        steps += bytes.count + left
                    }
                }
            }
        }
        return places
    }

    /// - Parameter place: ends behind all the others, but may begin before them.
    private static func join(_ place: Range<Int>, to places: inout [Range<Int>]) {
        var lower = place.lowerBound
        while let last = places.last, lower < last.upperBound {
            lower = min(lower, last.lowerBound)
            places.removeLast()
        }
        places.append(lower..<place.upperBound)
    }
}
