import ARMModel
import AuditModel
import StrictJSON

extension Gateway {
    /// A change of a managed command whose outcome nobody knows, and which a read that starts now may show: the last
    /// one that went out.
    func unknownChange(_ head: ARMRequestHead) -> (id: String, change: RepeatEntry.Change)? {
        self.repeats.unknown(on: head.target.commandKey(head.route.family)).max {
            $0.change.decidedMilliseconds < $1.change.decidedMilliseconds
        }
    }

    /// A read shows how the command's latest run ended. It is the change's own if the document says what the change
    /// said, the run began after it was decided, and no other change can have begun it: then its outcome goes on record
    /// and nothing is held back for it any more. Otherwise the hold ends by its time.
    /// - Parameters:
    ///   - unknown: as it was before the read.
    ///   - end: `nil` if the read shows no end.
    func endHold(
        of unknown: (id: String, change: RepeatEntry.Change)?, shownBy document: JSONNode, _ end: Outcome?,
        _ head: ARMRequestHead, _ context: CallContext
    ) async {
        guard let unknown, unknown.change.wasAlone, let shown = unknown.change.shown,
            shown == StoredCommand(document)?.command.shownDigest,
            let end, let start = end.startTime.flatMap(ServiceTime.milliseconds),
            start >= unknown.change.decidedMilliseconds, self.unknownChange(head)?.id == unknown.id,
            let stored = (try? await self.operation(unknown.id)) ?? nil,
            // Another change went out since, or is on its way: the run may be that one's.
            !self.registry.isSuperseded(stored)
        else { return }
        await self.recordEnd(of: unknown.id, end, context)
    }
}
