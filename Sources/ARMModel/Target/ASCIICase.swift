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
                    guard self.lower(left[index]) == self.lower(right[index]) else { return false }
                    index += 1
                }
                return true
            }
        }
    }

    /// Whether bytes are a text, which is given in lower case.
    static func areEqual(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, toLowerCase text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        var expected = text.utf8Start
        for byte in bytes {
            guard self.lower(byte) == expected.pointee else { return false }
            expected += 1
        }
        return true
    }

    /// Lower-cases ASCII letters only.
    package static func lowered(_ text: String) -> String {
        let hasCapitals = text.withBytes { bytes in
            for byte in bytes where byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") { return true }
            return false
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
