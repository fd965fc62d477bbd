/// The decoded segments of a path, in one piece of memory: most of them are only compared, and need no text of their
/// own.
struct PathSegments: Sendable, Hashable {
    /// The UTF-8 of all, end to end.
    private var bytes: [UInt8] = []
    /// Where each ends.
    private var ends: [Int] = []

    /// - Parameter length: of the path, in bytes.
    init(length: Int) {
        self.bytes.reserveCapacity(length)
        self.ends.reserveCapacity(12)
    }

    mutating func append(_ segment: UnsafeBufferPointer<UInt8>) {
        self.bytes.append(contentsOf: segment)
        self.ends.append(self.bytes.count)
    }

    var count: Int { self.ends.count }
    var isEmpty: Bool { self.ends.isEmpty }
    var texts: [String] { self.ends.indices.map { self[$0] } }

    subscript(index: Int) -> String { self.withBytes(of: index) { String(decoding: $0, as: UTF8.self) } }

    @inline(__always)
    func length(of index: Int) -> Int { self.ends[index] - self.start(of: index) }

    @inline(__always)
    func withBytes<Result>(of index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        let place = self.start(of: index)..<self.ends[index]
        return self.bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[place])) }
    }

    @inline(__always)
    private func start(of index: Int) -> Int { index == 0 ? 0 : self.ends[index - 1] }
}
