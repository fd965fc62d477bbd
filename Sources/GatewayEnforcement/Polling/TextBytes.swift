extension [UInt8] {
    /// Appends the UTF-8 of a text in one piece.
    mutating func append(_ text: String) {
        text.utf8.span.withUnsafeBufferPointer { self.append(contentsOf: $0) }
    }
}
