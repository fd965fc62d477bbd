/// Looking at text eight bytes at a time.
enum PlainText {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let highs: UInt64 = 0x8080_8080_8080_8080

    /// How many bytes from `start` on can stand in a JSON string as they are: ASCII, no quote, backslash or control
    /// character. None, where `start` lies behind the last byte.
    @inline(__always)
    static func run(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        guard start < bytes.count, let base = bytes.baseAddress else { return 0 }
        let raw = UnsafeRawPointer(base)
        var index = start
        while index + 8 <= bytes.count {
            let marks = self.marks(self.word(raw, at: index))
            if marks != 0 { return index - start + self.firstMark(marks) }
            index += 8
        }
        // The bytes that are left, and zeros after them, which are not plain.
        var last: UInt64 = 0
        if bytes.count >= 8 {
            last = self.word(raw, at: bytes.count - 8) >> UInt64(8 * (index + 8 - bytes.count))
        } else {
            for place in (index..<bytes.count).reversed() { last = last << 8 | UInt64(bytes[place]) }
        }
        return index - start + self.firstMark(self.marks(last))
    }

    /// Eight bytes, the first of them lowest.
    @inline(__always)
    private static func word(_ raw: UnsafeRawPointer, at offset: Int) -> UInt64 {
        UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }

    /// The high bit of each byte that is not plain. Bytes after the first of them may be marked too: the differences
    /// borrow from them.
    @inline(__always)
    private static func marks(_ word: UInt64) -> UInt64 {
        let quote = word ^ (self.ones &* 0x22)
        let backslash = word ^ (self.ones &* 0x5C)
        let found =
            ((quote &- self.ones) & ~quote) | ((backslash &- self.ones) & ~backslash)
            | ((word &- (self.ones &* 0x20)) & ~word) | word
        return found & self.highs
    }

    @inline(__always)
    private static func firstMark(_ marks: UInt64) -> Int { marks.trailingZeroBitCount / 8 }

    /// A number that is the same for texts that differ at most in the case of ASCII letters, and seldom for others.
    /// Never 0.
    @inline(__always)
    static func caselessKey(of bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var key = UInt64(truncatingIfNeeded: bytes.count) &* 0x9E37_79B9_7F4A_7C15
        var index = 0
        if let base = bytes.baseAddress {
            let raw = UnsafeRawPointer(base)
            while index + 8 <= bytes.count {
                let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
                key = ((key << 5 | key >> 59) ^ (word | self.ones &* 0x20)) &* 0xFF51_AFD7_ED55_8CCD
                index += 8
            }
        }
        var last: UInt64 = 0
        while index < bytes.count {
            last = last << 8 | UInt64(bytes[index] | 0x20)
            index += 1
        }
        key = ((key << 5 | key >> 59) ^ last) &* 0xFF51_AFD7_ED55_8CCD
        return key == 0 ? 1 : key
    }
}
