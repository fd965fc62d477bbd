import ARMModel

/// The digest of a script as the key of a table. A digest is random already, so a few bytes of it place it as well as
/// all would; two are equal only if all of their text is.
struct ScriptDigest: Sendable, Hashable {
    let text: String
    /// The first bytes of the text: a request's digest is looked up in several tables.
    private let start: UInt64

    init(_ text: String) {
        self.text = text
        self.start = text.withBytes { bytes in
            var start: UInt64 = 0
            for place in 0..<min(bytes.count, 8) { start = start << 8 | UInt64(bytes[place]) }
            return start
        }
    }

    static func == (a: ScriptDigest, b: ScriptDigest) -> Bool { a.start == b.start && a.text == b.text }
    func hash(into hasher: inout Hasher) { hasher.combine(self.start) }
}
