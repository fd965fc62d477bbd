/// Memory for the short texts of one row while they are bound. SQLite would otherwise allocate for each of them.
///
/// Belongs to one connection's thread. What is kept stays where it is until ``empty()``, which must come after the
/// statement was cleared.
final class BindingSpace {
    private let bytes: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private var used = 0

    init(capacity: Int = 16_384) {
        self.bytes = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit { self.bytes.deallocate() }

    func empty() { self.used = 0 }

    /// - Returns: `nil` if there is no room, or nothing to keep.
    func keep(_ text: String) -> UnsafePointer<UInt8>? {
        let count = text.utf8.count
        guard count > 0, count <= self.capacity - self.used else { return nil }
        let start = self.bytes + self.used
        text.utf8.span.withUnsafeBufferPointer { utf8 in
            guard let source = utf8.baseAddress else { return }
            start.update(from: source, count: count)
        }
        self.used += count
        return UnsafePointer(start)
    }
}
