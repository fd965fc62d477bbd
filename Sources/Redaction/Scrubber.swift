/// Removes the values of known secrets from texts, in every form in which they are likely to come back: see
/// ``SecretForms``.
///
/// Values under six bytes are left alone: they would be found everywhere. It holds the secrets, so it tells as little of
/// itself as they do.
package struct Scrubber: Sendable, CustomStringConvertible, CustomReflectable {
    package static let minimumBytes = 6
    package static let marker = "[redacted]"

    /// By first byte, so that one pass over a text finds all of them.
    private let patterns: [UInt8: [[UInt8]]]

    package init(_ secrets: [Secret]) {
        var forms: Set<[UInt8]> = []
        for secret in secrets where secret.utf8Count >= Self.minimumBytes {
            secret.withValue { value in forms.formUnion(SecretForms.all(of: value)) }
        }
        self.patterns = Dictionary(grouping: forms.filter { $0.count >= Self.minimumBytes }) { $0[0] }
    }

    package var isEmpty: Bool { self.patterns.isEmpty }
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// - Returns: the text without the secrets, and how many places were changed. Secrets that overlap in the text are
    ///   one place, so that no rest of either is left.
    package func scrubbed(_ text: String) -> (String, removed: Int) {
        guard !self.patterns.isEmpty else { return (text, 0) }
        var copy = text
        return copy.withUTF8 { bytes in
            let places = self.places(in: bytes)
            guard !places.isEmpty else { return (text, 0) }
            var out: [UInt8] = []
            out.reserveCapacity(bytes.count)
            var kept = 0
            for place in places {
                out.append(contentsOf: bytes[kept..<place.lowerBound])
                out.append(contentsOf: Self.marker.utf8)
                kept = place.upperBound
            }
            out.append(contentsOf: bytes[kept...])
            return (String(decoding: out, as: UTF8.self), places.count)
        }
    }

    /// Where secrets stand, in order, overlapping ones joined.
    private func places(in bytes: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var places: [Range<Int>] = []
        for start in bytes.indices {
            guard let candidates = self.patterns[bytes[start]] else { continue }
            let rest = bytes[start...]
            guard let length = candidates.lazy.filter({ rest.starts(with: $0) }).map(\.count).max() else { continue }
            if let last = places.last, start < last.upperBound {
                places[places.count - 1] = last.lowerBound..<max(last.upperBound, start + length)
            } else {
                places.append(start..<(start + length))
            }
        }
        return places
    }
}
