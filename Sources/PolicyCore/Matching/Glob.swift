import ARMModel

/// A name pattern in which `*` stands for any run of characters; everything else stands for itself.
///
/// Only names of one segment are ever compared, so `*` never crosses a `/`.
package struct Glob: Sendable, Hashable {
    /// Why a text is no glob, in words for the author of a policy.
    package struct Malformed: Error, Hashable {
        package var message: String
    }

    /// What stands between the stars; one part means that there is no star.
    private let parts: [[UInt8]]
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
        self.parts = text.utf8.split(separator: 0x2A, omittingEmptySubsequences: false).map { part in
            ignoresCase ? part.map(ASCIICase.lower) : Array(part)
        }
    }

    /// Whether every name matches.
    package var matchesEverything: Bool { self.parts.count > 1 && self.parts.allSatisfy(\.isEmpty) }

    package func matches(_ name: String) -> Bool {
        name.withBytes { bytes in
            guard let head = self.parts.first, let tail = self.parts.last else { return false }
            if self.parts.count == 1 { return bytes.count == head.count && self.found(head, in: bytes, at: 0) }
            guard bytes.count >= head.count + tail.count, self.found(head, in: bytes, at: 0),
                self.found(tail, in: bytes, at: bytes.count - tail.count)
            else { return false }
            // The leftmost place of each inner part leaves most room for the rest, so no place is tried twice.
            var place = head.count
            let end = bytes.count - tail.count
            for part in self.parts.dropFirst().dropLast() where !part.isEmpty {
                while place + part.count <= end, !self.found(part, in: bytes, at: place) { place += 1 }
                guard place + part.count <= end else { return false }
                place += part.count
            }
            return true
        }
    }

    private func found(_ part: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        for index in part.indices {
            let byte = bytes[place + index]
            guard part[index] == (self.ignoresCase ? ASCIICase.lower(byte) : byte) else { return false }
        }
        return true
    }
}
