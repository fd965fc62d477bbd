/// How much JSON a reader takes.
package struct JSONLimits: Sendable, Hashable {
    package var bytes: Int
    package var depth: Int
    /// Of one object.
    package var members: Int
    /// Of one array: the action API carries a script as one element a line.
    package var elements: Int
    /// Of one string or name, in bytes of the text.
    package var stringBytes: Int

    /// - Parameter elements: as many as members, if nil.
    package init(bytes: Int, depth: Int, members: Int, elements: Int? = nil, stringBytes: Int) {
        self.bytes = bytes
        self.depth = depth
        self.members = members
        self.elements = elements ?? members
        self.stringBytes = stringBytes
    }

    /// For what callers send: run-command bodies are five levels deep.
    package static let request = JSONLimits(
        bytes: 4_194_304, depth: 32, members: 4_096, elements: 65_536, stringBytes: 2_097_152)
    /// For what ARM answers (8 MiB at most).
    package static let answer = JSONLimits(bytes: 8_388_608, depth: 64, members: 100_000, stringBytes: 8_388_608)
    /// For rows of the record.
    package static let record = JSONLimits(bytes: 16_777_216, depth: 32, members: 100_000, stringBytes: 16_777_216)
}

/// Which repetitions of a member's name are an error.
package enum JSONNameRule: Sendable {
    /// Identical names, and names that differ only in letter case by any folding that .NET or Unicode knows:
    /// a reader on the other side might take them for one.
    case refuseCaseVariants
    /// Identical names only.
    case refuseIdentical
}
