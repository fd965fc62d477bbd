import ARMModel

/// A name pattern in which `*` stands for any run of characters; everything else stands for itself.
///
/// Only names of one segment are ever compared, so `*` never crosses a `/`.
package final class Glob: Sendable, Hashable {
    /// Why a text is no glob, in words for the author of a policy.
    package struct Malformed: Error, Hashable {
        package var message: String
    }

    /// What stands before the first star; all of the text where there is none.
    private let head: [UInt8]
    /// What stands between stars, wherever that is anything.
    private let inner: [[UInt8]]
    /// What stands behind the last star; `nil` where there is none.
    private let tail: [UInt8]?
    private let ignoresCase: Bool
    package let text: String

    /// - Parameters:
    ///   - ignoresCase: whether ASCII letters compare without case, as names in Azure do; segments of a blob's path
    ///     compare with it.
    ///   - punctuation: characters allowed beside letters, digits and `*`.
    package init(
        _ text: String, ignoresCase: Bool = true, punctuation: String = "-_.()"
    ) throws(Malformed) {
        guard !text.isEmpty else { throw Malformed(message: "is empty; write \"*\" for any name") }
        guard text.utf8.count <= 260 else { throw Malformed(message: "is longer than 260 bytes") }
        let allowed = Set(punctuation.utf8)
        for byte in text.utf8 where !ASCIIText.isLetterOrDigit(byte) && byte != 0x2A && !allowed.contains(byte) {
            throw Malformed(
                message: "holds a character that no name has; a glob has letters, digits, \(punctuation) and *")
        }
        self.text = text
        self.ignoresCase = ignoresCase
        let parts = text.utf8.split(separator: 0x2A, omittingEmptySubsequences: false).map { part in
            ignoresCase ? part.map(ASCIICase.lower) : Array(part)
        }
        self.head = parts[0]
        self.inner = parts.dropFirst().dropLast().filter { !$0.isEmpty }
        self.tail = parts.count > 1 ? parts.last : nil
    }

    package static func == (a: Glob, b: Glob) -> Bool { a.text == b.text && a.ignoresCase == b.ignoresCase }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.text) }

    /// Whether every name matches.
    package var matchesEverything: Bool {
        guard let tail = self.tail else { return false }
        return self.head.isEmpty && tail.isEmpty && self.inner.isEmpty
    }

    package func matches(_ name: String) -> Bool {
        name.withBytes { bytes in
            guard let tail = self.tail else {
                return bytes.count == self.head.count && self.found(self.head, in: bytes, at: 0)
            }
            let end = bytes.count - tail.count
            guard end >= self.head.count, self.found(self.head, in: bytes, at: 0),
                self.found(tail, in: bytes, at: end)
            else { return false }
            // The leftmost place of each inner part leaves most room for the rest, so no place is tried twice.
            var place = self.head.count
            for part in self.inner {
                while place + part.count <= end, !self.found(part, in: bytes, at: place) { place += 1 }
                guard place + part.count <= end else { return false }
                place += part.count
            }
            return true
        }
    }

    private func found(_ part: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, at start: Int) -> Bool {
        var place = start
        for wanted in part {
            let byte = bytes[place]
            // Names mostly stand in the case of the pattern.
            guard wanted == byte || (self.ignoresCase && wanted == ASCIICase.lower(byte)) else { return false }
            place += 1
        }
        return true
    }
}
