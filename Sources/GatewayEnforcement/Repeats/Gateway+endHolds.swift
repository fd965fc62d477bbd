import ARMModel
import AuditModel

extension Gateway {
    /// A change of a managed command whose outcome nobody knows, and which a read that starts now may show: the last
    /// one that went out.
    func unknownChange(_ head: ARMRequestHead) -> (id: String, decidedMilliseconds: Int64)? {
        self.repeats.unknown(on: head.target.commandKey(head.route.family)).max {
            $0.decidedMilliseconds < $1.decidedMilliseconds
        }
    }

    /// A read shows how the command's latest run ended. If that run began after the change was decided, it is the
    /// change's own: its outcome goes on record and nothing is held back for it any more.
    /// - Parameters:
    ///   - change: as it was before the read.
    ///   - end: `nil` if the read shows no end.
    func endHold(
        of change: (id: String, decidedMilliseconds: Int64)?, shownBy end: Outcome?, _ head: ARMRequestHead,
        _ context: CallContext
    ) async {
        guard let change, let end, let start = end.startTime.flatMap(ServiceTime.milliseconds),
            start >= change.decidedMilliseconds, self.unknownChange(head)?.id == change.id,
            var stored = (try? await self.operation(change.id)) ?? nil
        else { return }
        // Found after a crash, it knows its target only by names.
        stored.targetPath = head.upstreamPath
        // Another change went out since, or is on its way: the run may be that one's.
        guard !self.registry.isSuperseded(stored) else { return }
        await self.recordEnd(of: change.id, end, context)
    }
}
