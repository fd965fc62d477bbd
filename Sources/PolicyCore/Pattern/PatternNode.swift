/// A parsed pattern, before it is laid out as steps.
indirect enum PatternNode: Sendable {
    case one(ScalarClass)
    case sequence([PatternNode])
    case choice([PatternNode])
    /// `most` is `nil` for no upper bound.
    case repeated(PatternNode, least: Int, most: Int?)
}

/// Why a text is no pattern, in words for the author of a policy.
package struct PatternError: Error, Hashable {
    /// A sentence that fits behind the member's name.
    package var message: String
    /// Place in the pattern, counted in characters from 1.
    package var place: Int
}
