/// How far the requests had come that a kill found on their way.
struct KillSteps: Sendable {
    /// Sent by the caller, no decision on record.
    var undecided = 0
    /// Decided to forward, and nothing reached ARM.
    var decided = 0
    /// At ARM, without a response on record.
    var forwarded = 0
    /// Response on record, and not with the caller.
    var responded = 0

    /// Requests between decision and response.
    var inBetween: Int { self.decided + self.forwarded }

    /// - Parameters:
    ///   - received: correlation ids of what ARM received.
    ///   - rows: the whole record.
    init(_ trace: LoadRound.Trace, received: Set<String>, rows: [String: [RecordedRow]]) {
        for id in trace.sent.subtracting(trace.answered) {
            let own = rows[id] ?? []
            let isAllowed = own.contains { $0.event == "decision" && $0.effect == "allow" }
            if own.contains(where: { ($0.event == "response" && !$0.isInterrupted) || $0.event == "outcome" }) {
                self.responded += 1
            } else if !isAllowed {
                self.undecided += 1
            } else if received.contains(id) {
                self.forwarded += 1
            } else {
                self.decided += 1
            }
        }
    }
}
