/// A list of header field names, found in any case of ASCII letters without a copy of the name.
package struct FieldNames: Sendable {
    /// By length: hardly a name is compared in vain.
    private let names: [String]
    /// Their bytes, end to end: compared without a reference to any of the texts.
    private let bytes: [UInt8]
    /// For each length where its names begin in ``names`` and in ``bytes``; one more for the end.
    private let starts: [(name: Int, byte: Int)]

    /// - Parameter names: in lower case.
    package init(_ names: [String]) {
        let longest = names.reduce(0) { max($0, $1.utf8.count) }
        var sorted: [String] = []
        var bytes: [UInt8] = []
        var starts: [(name: Int, byte: Int)] = []
        for length in 0...longest {
            starts.append((sorted.count, bytes.count))
            for name in names where name.utf8.count == length {
                sorted.append(name)
                bytes.append(contentsOf: name.utf8)
            }
        }
        starts.append((sorted.count, bytes.count))
        self.names = sorted
        self.bytes = bytes
        self.starts = starts
    }

    /// The name as listed; nil for one that is not.
    package func listed(_ name: UnsafeBufferPointer<UInt8>) -> String? {
        self.index(of: name).map { self.names[$0] }
    }

    private func index(of name: UnsafeBufferPointer<UInt8>) -> Int? {
        let length = name.count
        guard length + 1 < self.starts.count else { return nil }
        let (first, end) = (self.starts[length], self.starts[length + 1].name)
        guard first.name < end else { return nil }
        return self.bytes.withUnsafeBufferPointer { bytes in
            for index in first.name..<end {
                let start = first.byte + (index - first.name) * length
                if FieldText.same(name, UnsafeBufferPointer(rebasing: bytes[start..<start + length])) {
                    return index
                }
            }
            return nil
        }
    }
}
