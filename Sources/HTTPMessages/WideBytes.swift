/// Looks at eight bytes at a time, in one integer: the compiler's own vectors cost more on texts as short as fields are.
enum WideBytes {
    /// Eight times a byte.
    @inline(__always)
    static func all(_ byte: UInt8) -> UInt64 { 0x0101_0101_0101_0101 &* UInt64(byte) }

    /// Whether no byte is marked.
    /// - Parameter marks: tells the marks of eight bytes: the highest bit of one that is marked. What it says of the bytes
    ///   above one that is marked does not matter.
    @inline(__always)
    static func none(of bytes: UnsafeBufferPointer<UInt8>, areMarkedBy marks: (UInt64) -> UInt64) -> Bool {
        guard let first = bytes.first, let base = UnsafeRawPointer(bytes.baseAddress) else { return true }
        let count = bytes.count
        // Shorter texts are looked at as if they stood there several times, longer ones' last bytes twice.
        if count < 4 {
            let (middle, last) = (UInt64(bytes[count / 2]), UInt64(bytes[count - 1]))
            let word = UInt64(first) | middle << 8 | last << 16 | last << 24
            return marks(word | word << 32) & self.all(0x80) == 0
        }
        if count < 8 {
            let start = base.loadUnaligned(as: UInt32.self)
            let end = base.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self)
            return marks(UInt64(start) | UInt64(end) << 32) & self.all(0x80) == 0
        }
        // Without a way out in the middle, so that long texts are looked at in still larger pieces.
        var found = marks(base.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
        for offset in stride(from: 0, to: count - 8, by: 8) {
            found |= marks(base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        }
        return found & self.all(0x80) == 0
    }
}
