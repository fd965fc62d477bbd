import Synchronization

/// Lets changes to one resource run one at a time, in the order they came; others run beside each other.
package final class ResourceQueue: Sendable {
    /// Resources in use, each with those who wait for it.
    private let waiting = Mutex<[String: [CheckedContinuation<Void, Never>]]>([:])

    package init() {}

    /// - Parameter key: the resource's path in lower case.
    package func withTurn<Value: Sendable>(_ key: String, _ body: () async -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            let mayStart = self.waiting.withLock { waiting in
                guard waiting[key] != nil else {
                    waiting[key] = []
                    return true
                }
                waiting[key]?.append(continuation)
                return false
            }
            if mayStart { continuation.resume() }
        }
        defer { self.finish(key) }
        return await body()
    }

    private func finish(_ key: String) {
        let next = self.waiting.withLock { waiting -> CheckedContinuation<Void, Never>? in
            guard let first = waiting[key]?.first else {
                waiting[key] = nil
                return nil
            }
            waiting[key]?.removeFirst()
            return first
        }
        next?.resume()
    }
}
