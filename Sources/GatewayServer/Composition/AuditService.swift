import AuditModel
import AuditStore
import GatewayEnforcement
import ServiceLifecycle

/// The record's life: it starts before everything else and closes after everything else.
struct AuditService: Service {
    let log: SQLiteAuditLog
    let encoder: EntryEncoder
    let now: @Sendable () -> Int64
    let details: GatewayDetails

    func run() async throws {
        try? await gracefulShutdown()
        _ = try? await self.log.append(
            self.encoder.gateway(.stopped, at: self.now(), details: self.details), change: nil)
        await self.log.close()
    }
}
