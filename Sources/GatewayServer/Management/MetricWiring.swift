import AuditStore
import Foundation
import GatewayIdentity
import GatewayListener
import GatewayTelemetry

extension GatewayMetrics {
    /// Lets `/metrics` read what the parts keep.
    func watch(log: SQLiteAuditLog, verifier: BearerTokenVerifier, listener: Listener, policyDigest: String) {
        self.audit {
            let now = log.statistics
            return AuditReadings(
                isWritable: log.isWritable, waitingRecords: now.waitingRows, commits: now.commits, records: now.rows,
                failedRecords: now.failedRows, timedOutRecords: now.timedOutRows,
                lastCommitSeconds: now.commits == 0 ? nil : Double(now.lastCommitNanoseconds) / 1e9,
                commitSeconds: Double(now.commitNanoseconds) / 1e9, openOperations: now.openOperations)
        }
        self.keySetAges {
            var ages: [String: Double] = [:]
            for status in verifier.keySetStatus {
                guard let age = status.age else { continue }
                ages[status.name] = Double(age.components.seconds)
            }
            return ages
        }
        self.certificateExpiry(of: "listener") { listener.certificateNotAfter.timeIntervalSince1970 }
        self.policyDigest { policyDigest }
        let connections = listener.connections
        self.connections(
            open: { connections.openNow }, refused: { connections.turnedAwaySoFar },
            brokenRequests: { connections.refusedSoFar })
    }
}
