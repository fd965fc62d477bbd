import AuditModel
import GatewayEnforcement
import Logging
import ServiceLifecycle
import Synchronization

/// Counts failed authentications and puts them on record: at most one row an address, reason and minute, so that a
/// flood of bad tokens cannot flood the record.
final class AuthenticationFailureLog: Service {
    private struct Key: Hashable {
        var minute: Int64
        var address: String
        var reason: String
    }

    /// Beyond so many addresses in a minute the rest is counted together.
    private static let maximumKeys = 1_000
    private let counts = Mutex<[Key: Int64]>([:])
    private let log: any AuditLog
    private let encoder: EntryEncoder
    private let now: @Sendable () -> Int64
    private let onFailure: @Sendable (_ reason: String) -> Void
    private let logger: Logger

    init(
        log: any AuditLog, encoder: EntryEncoder, now: @escaping @Sendable () -> Int64,
        onFailure: @escaping @Sendable (_ reason: String) -> Void, logger: Logger
    ) {
        self.log = log
        self.encoder = encoder
        self.now = now
        self.onFailure = onFailure
        self.logger = logger
    }

    func note(address: String, reason: String) {
        self.onFailure(reason)
        let minute = self.now() / 60_000
        self.counts.withLock { counts in
            var key = Key(minute: minute, address: address, reason: reason)
            if counts[key] == nil, counts.count >= Self.maximumKeys { key.address = "other" }
            counts[key, default: 0] += 1
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(5))
                await self.write(before: self.now() / 60_000)
            }
        }
        await self.write(before: .max)
    }

    /// Writes the minutes that are over.
    func write(before minute: Int64) async {
        let due = self.counts.withLock { counts in
            let due = counts.filter { $0.key.minute < minute }
            for key in due.keys { counts[key] = nil }
            return due
        }
        for (key, count) in due.sorted(by: { ($0.key.minute, $0.key.address) < ($1.key.minute, $1.key.address) }) {
            let entry = self.encoder.authenticationFailed(
                at: self.now(), clientAddress: key.address, reason: key.reason, count: count)
            do { _ = try await self.log.append(entry, change: nil) } catch {
                self.logger.error("failed authentications could not be recorded", metadata: ["count": "\(count)"])
            }
        }
    }
}
