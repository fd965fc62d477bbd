/// The names and values of header fields, looked at byte by byte where they are stored.
enum FieldText {
    /// Whether a text is another, which is in lower case, but for the case of ASCII letters.
    static func same(_ text: String, _ lowercase: String) -> Bool {
        guard text.utf8.count == lowercase.utf8.count else { return false }
        return withBytes(of: text) { text in
            withBytes(of: lowercase) { lowercase in
                for index in text.indices {
                    let byte = text[index]
                    let lowered = byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
                    guard lowered == lowercase[index] else { return false }
                }
                return true
            }
        }
    }

    static func isDecimal(_ text: String) -> Bool {
        withBytes(of: text) { bytes in
            for byte in bytes where byte < 0x30 || byte > 0x39 { return false }
            return !bytes.isEmpty
        }
    }

    /// In one piece where the text is stored so, as it is but for texts bridged from elsewhere.
    @inline(__always)
    static func withBytes<Result>(of text: String, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        text.utf8.withContiguousStorageIfAvailable(body) ?? Array(text.utf8).withUnsafeBufferPointer(body)
    }
}
