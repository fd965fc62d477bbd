import NIOCore
import Synchronization

/// Connections that a fault keeps waiting, so that a stop can let go of them.
final class HangingConnections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])
    private let isStopped = Mutex(false)

    /// Returns when the caller has left, or at the stop.
    func wait(on channel: any Channel) async {
        let id = ObjectIdentifier(channel)
        self.channels.withLock { $0[id] = channel }
        if self.isStopped.withLock({ $0 }) { channel.close(promise: nil) }
        try? await channel.closeFuture.get()
        _ = self.channels.withLock { $0.removeValue(forKey: id) }
    }

    func closeAll() {
        self.isStopped.withLock { $0 = true }
        for channel in self.channels.withLock({ Array($0.values) }) { channel.close(promise: nil) }
    }
}
