/// The id of one of our requests, to look something up by. The ids end at random, so their last bytes tell them apart:
/// to hash all of an id takes longer than the rest of the search.
package struct RequestIDKey: Hashable, Sendable {
    private let id: String
    private let end: UInt64

    package init(_ id: String) {
        self.id = id
        self.end = id.utf8.span.withUnsafeBufferPointer { bytes in
            guard let base = UnsafeRawPointer(bytes.baseAddress), bytes.count >= 8 else {
                return bytes.reduce(0) { $0 << 8 | UInt64($1) }
            }
            return base.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt64.self)
        }
    }

    package static func == (one: Self, other: Self) -> Bool { one.end == other.end && one.id == other.id }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.end) }
}
