/// Looking for a text in a text without regard to the case of ASCII letters, over bytes.
package enum ASCIISearch {
    /// - Parameter needle: in lower case, not empty.
    package static func contains(_ text: String, lowerCase needle: String) -> Bool {
        text.withBytes { bytes in needle.withBytes { self.firstIndex(of: $0, in: bytes, from: 0) != nil } }
    }

    /// - Parameter needle: in lower case, not empty.
    static func firstIndex(
        of needle: UnsafeBufferPointer<UInt8>, in bytes: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> Int? {
        guard let first = needle.first, bytes.count >= needle.count else { return nil }
        var index = start
        let last = bytes.count - needle.count
        while index <= last {
            if ASCIICase.lower(bytes[index]) == first {
                var length = 1
                while length < needle.count, ASCIICase.lower(bytes[index + length]) == needle[length] { length += 1 }
                if length == needle.count { return index }
            }
            index += 1
        }
        return nil
    }
}
