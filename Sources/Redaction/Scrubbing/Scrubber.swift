/// Removes the values of known secrets from texts, in whatever spelling programs write them: plain, with escapes of
/// JSON, URL, XML, HTML or CLIXML (also mixed, and one within another), in base64 of either alphabet with or without
/// line breaks, and in UTF-16.
///
/// It does not list those spellings. It undoes escapes and base64 in the text and looks for the values there (see
/// ``SecretSearch``), in time linear in the text, whatever the secrets are.
///
/// Values under six bytes are left alone: they would be found everywhere. It holds the secrets, so it tells as little
/// of itself as they do. A copy shares what it holds.
package struct Scrubber: Sendable, CustomStringConvertible, CustomReflectable {
    package static let minimumBytes = 6
    package static let marker = "[redacted]"

    /// `nil` if there is nothing to look for.
    private let machine: PatternMachine?

    package init(_ secrets: [Secret]) {
        var steps = 0
        self.init(secrets, steps: &steps)
    }

    /// - Parameter steps: increased by one for each state laid out or followed, so that a test can count instead of
    ///   time.
    package init(_ secrets: [Secret], steps: inout Int) {
        var patterns = SecretPatterns()
        for secret in secrets where secret.utf8Count >= Self.minimumBytes {
            secret.withValue { patterns.add($0) }
        }
        self.machine = patterns.isEmpty ? nil : patterns.machine(steps: &steps)
    }

    package var isEmpty: Bool { self.machine == nil }
    package var description: String { "<redacted>" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// - Returns: the text without the secrets, and how many places were changed. Secrets that overlap in the text are
    ///   one place, so that no rest of either is left.
    package func scrubbed(_ text: String) -> (String, removed: Int) {
        var steps = 0
        return self.scrubbed(text, steps: &steps)
    }

    /// - Parameter steps: increased by one for each byte looked at and each state left, so that a test can count
    ///   instead of time.
    package func scrubbed(_ text: String, steps: inout Int) -> (String, removed: Int) {
        guard let machine = self.machine, text.utf8.count >= Self.minimumBytes else { return (text, 0) }
        var copy = text
        return copy.withUTF8 { bytes in
            var search = SecretSearch(machine)
            let places = search.places(in: bytes)
            steps += search.steps
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
}
