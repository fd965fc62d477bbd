extension String {
    /// Whether the text's UTF-8 passes a test that looks at all of it in one piece.
    func bytesPass(_ test: (UnsafeBufferPointer<UInt8>) -> Bool) -> Bool {
        utf8.withContiguousStorageIfAvailable(test) ?? Array(utf8).withUnsafeBufferPointer(test)
    }
}
