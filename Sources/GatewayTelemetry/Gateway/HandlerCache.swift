import Synchronization

/// Metric handlers by their labels, so that a request looks a small key up instead of putting labels together.
final class HandlerCache<Key: Hashable & Sendable, Handler: Sendable>: Sendable {
    private let handlers = Mutex<[Key: Handler]>([:])
    private let limit: Int
    private let make: @Sendable (Key) -> Handler

    /// - Parameter limit: how many handlers are kept. Beyond it they are made anew each time, which is slow and right:
    ///   the registry then answers with its overflow series.
    init(limit: Int = 1_024, make: @escaping @Sendable (Key) -> Handler) {
        self.limit = limit
        self.make = make
    }

    func handler(_ key: Key) -> Handler {
        if let known = self.handlers.withLock({ $0[key] }) { return known }
        // Outside the lock; two makers at once get handlers of the same series.
        let made = self.make(key)
        self.handlers.withLock { if $0.count < self.limit { $0[key] = made } }
        return made
    }
}
