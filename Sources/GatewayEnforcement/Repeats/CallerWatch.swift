import AuditModel
import Synchronization

/// Follows the caller of a request without a client request id: whether the answer arrived is all that tells a repeat
/// of it from a new request.
final class CallerWatch: Sendable {
    private let requestID: String
    private let repeats: RepeatLedger
    private let log: any AuditLog
    private let hasLeft = Mutex(false)

    /// - Parameter call: of a request that does not name itself.
    init(_ call: InboundCall, requestID: String, _ repeats: RepeatLedger, _ log: any AuditLog) {
        self.requestID = requestID
        self.repeats = repeats
        self.log = log
        call.whenAbandoned { self.left() }
    }

    /// The request has its place in the ledger; its caller may have left before.
    func admitted() {
        if self.hasLeft.withLock({ $0 }) { self.left() }
    }

    /// Told what became of the answer.
    func delivered(_ isDelivered: Bool) {
        guard isDelivered else { return self.left() }
        if let served = self.repeats.served(self.requestID), served != self.requestID {
            self.log.markServed(id: served)
        }
    }

    private func left() {
        self.hasLeft.withLock { $0 = true }
        if let lost = self.repeats.lost(self.requestID) { self.log.markUndelivered(id: lost) }
    }
}
