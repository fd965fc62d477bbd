/// Comparison of names as ARM compares them: without regard to the case of ASCII letters, everything else exactly.
/// No two implementations fold other letters alike, so nothing here folds them.
package enum ASCIICase {
    package static func areEqual(_ a: String, _ b: String) -> Bool {
        guard a.utf8.count == b.utf8.count else { return false }
        return a.withBytes { left in b.withBytes { self.areEqual(left, $0) } }
    }

    @inline(__always)
    static func areEqual(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
        guard a.count == b.count else { return false }
        for index in 0..<a.count {
            let (one, other) = (a[index], b[index])
            // Mostly the case is the same too.
            guard one == other || self.lower(one) == self.lower(other) else { return false }
        }
        return true
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
        self.utf8.span.withUnsafeBufferPointer(body)
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Copies all bytes to a place in memory that has room for them.
    /// - Returns: where the copy ends.
    @inline(__always)
    func copy(to out: UnsafeMutableBufferPointer<UInt8>, at start: Int) -> Int {
        UnsafeMutableBufferPointer(rebasing: out[start...]).initialize(fromContentsOf: self) + start
    }
}
