/// Comparison of names as ARM compares them: without regard to the case of ASCII letters, everything else exactly.
/// No two implementations fold other letters alike, so nothing here folds them.
package enum ASCIICase {
    package static func areEqual(_ a: String, _ b: String) -> Bool {
        let count = a.utf8.count
        guard count == b.utf8.count else { return false }
        return a.withBytes { left in
            b.withBytes { right in
                var index = 0
                while index < count {
                    let (one, other) = (left[index], right[index])
                    // Mostly the case is the same too.
                    guard one == other || self.lower(one) == self.lower(other) else { return false }
                    index += 1
                }
                return true
            }
        }
    }

    /// Whether bytes are a text, which is given in lower case.
    static func areEqual(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, toLowerCase text: StaticString) -> Bool {
        let count = text.utf8CodeUnitCount
        guard bytes.count == count else { return false }
        let (given, expected) = (UnsafeBufferPointer(rebasing: bytes), text.utf8Start)
        for index in 0..<count {
            let (one, other) = (given[index], expected[index])
            // Mostly the case is the same too.
            guard one == other || self.lower(one) == other else { return false }
        }
        return true
    }

    /// Lower-cases ASCII letters only.
    package static func lowered(_ text: String) -> String {
        let hasCapitals = text.withBytes { bytes in
            // No way out of the loop, so that many bytes are looked at together.
            var changes: UInt8 = 0
            for index in 0..<bytes.count { changes |= bytes[index] ^ self.lower(bytes[index]) }
            return changes != 0
        }
        guard hasCapitals else { return text }
        return text.withBytes { bytes in
            String(unsafeUninitializedCapacity: bytes.count) { out in
                for index in 0..<bytes.count { out[index] = self.lower(bytes[index]) }
                return bytes.count
            }
        }
    }

    @inline(__always)
    package static func lower(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }
}

extension String {
    /// The UTF-8 of the text in one piece.
    @inlinable @inline(__always)
    package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let result = self.utf8.withContiguousStorageIfAvailable(body) { return result }
        return Array(self.utf8).withUnsafeBufferPointer(body)
    }
}
