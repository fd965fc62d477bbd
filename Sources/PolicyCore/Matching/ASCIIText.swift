/// Comparing text without ASCII case, over UTF-8 and without allocation. Letters beyond ASCII compare as they are:
/// no two implementations fold them alike, so nothing here folds them.
package enum ASCIIText {
    @inlinable
    package static func lower(_ byte: UInt8) -> UInt8 { byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte }

    package static func equal(_ a: String, _ b: String) -> Bool {
        guard a.utf8.count == b.utf8.count else { return false }
        return zip(a.utf8, b.utf8).allSatisfy { self.lower($0) == self.lower($1) }
    }

    /// The text with `A` to `Z` in lower case; for keys of tables, made once when a policy is loaded.
    package static func lowercased(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0x41 && $0 <= 0x5A }) else { return text }
        return String(decoding: text.utf8.map(self.lower), as: UTF8.self)
    }

    static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(self.lower(byte)) }
    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    static func isLetterOrDigit(_ byte: UInt8) -> Bool { self.isLetter(byte) || self.isDigit(byte) }
}

extension String {
    /// The UTF-8 of the text in one piece.
    func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = self.utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(self.utf8).withUnsafeBufferPointer(body)
    }
}
