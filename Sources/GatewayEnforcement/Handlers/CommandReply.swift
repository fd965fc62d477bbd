import ARMModel
import StrictJSON

/// What ARM's answer to a command means: whether it runs, ran, did not run, or nobody can say.
indirect enum CommandReply: Sendable {
    /// It runs; at least one link to follow.
    case accepted(status: ARMLink?, result: ARMLink?)
    /// It has ended and the answer holds the result.
    case finished(Outcome)
    /// Stored (or started) without a link.
    case stored
    /// The answer proves that nothing ran.
    case refused
    /// ARM refused the credential.
    case unauthorized
    /// A bounded phrase: why the answer cannot be used.
    case unknown(String)

    /// Statuses that prove that nothing ran (CONTRACT §3, "At most once"). 401 is told apart.
    private static func isProof(_ status: Int) -> Bool {
        switch status {
        case 400, 403, 404, 405, 409, 412, 413, 415, 429: true
        default: false
        }
    }

    init(
        _ clean: borrowing CleanReply, operation: ARMModel.Operation, target: ResourceTarget,
        links: borrowing PollingLinks
    ) {
        let reply = clean.reply
        if Self.isProof(reply.status) {
            self = .refused
            return
        }
        if reply.status == 401 {
            self = .unauthorized
            return
        }
        guard [200, 201, 202].contains(reply.status), reply.status != 201 || operation != .run else {
            self = .unknown("status \(reply.status)")
            return
        }
        guard
            let found = AnswerLinks(
                reply, subscription: target.subscription ?? "", authority: links.endpointAuthority)
        else {
            self = .unknown("foreign link")
            return
        }
        let document = clean.document
        func isCommand() -> Bool {
            document.map { ManagedCommandDocument.isOne($0, named: target.runCommand) } ?? false
        }
        if !found.isEmpty, reply.status != 200 || operation != .run {
            if reply.status != 202, !isCommand() {
                self = .unknown("no managed command")
            } else {
                self = .accepted(status: found.status, result: found.result)
            }
            return
        }
        switch (reply.status, operation) {
        case (202, _): self = .unknown("missing link")
        case (_, .run):
            let scrubber = clean.scrubber
            let result = document.flatMap(ActionResult.init)
            self = result.map { .finished($0.scrubbed(by: scrubber).outcome) } ?? .unknown("no result")
        default: self = isCommand() ? .stored : .unknown("no managed command")
        }
    }
}
