/// Comparison of names as ARM compares them: without regard to the case of ASCII letters, everything else exactly.
package enum ASCIICase {
    package static func areEqual(_ a: some StringProtocol, _ b: some StringProtocol) -> Bool {
        let left = a.utf8
        let right = b.utf8
        return left.count == right.count && zip(left, right).allSatisfy { self.lower($0) == self.lower($1) }
    }

    /// Lower-cases ASCII letters only.
    package static func lowered(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") }) else { return text }
        return String(decoding: text.utf8.map(self.lower), as: UTF8.self)
    }

    package static func lower(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}
