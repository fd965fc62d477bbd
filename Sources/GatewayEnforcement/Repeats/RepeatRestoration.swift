/// What the record's file tells of a command that repeats may still be measured against.
struct RestoredCommand: Sendable {
    enum State: Sendable, Hashable {
        case answered
        /// Nobody knows, so the same command is held back.
        case unknown
        /// Nobody knows, but the hold was ended.
        case lifted
    }

    let id: String
    let key: RepeatKey
    let clientRequestID: String?
    let state: State
    /// The end of its window, or of its hold, in the ledger's time.
    var untilMilliseconds: Int64
    /// The request of unknown outcome in whose place it went out.
    var predecessor: String?
    /// A caller got the whole answer; without a client request id one that is not served has not reached its caller.
    var isServed = false
}

/// What of the record's file goes into the ledger at a start. The time that is left of a window or hold is worked out
/// once, and is never more than a whole one: a clock that was set back lengthens nothing without end.
struct RepeatRestoration {
    private let windowMilliseconds: Int64
    private let holdMilliseconds: Int64
    private let now: Int64
    /// Requests of unknown outcome whose hold was ended, and whose place nobody has taken yet.
    private var lifted: [RepeatKey: [(id: String, left: Int64)]] = [:]

    init(_ settings: RepeatSettings, at now: Int64) {
        self.windowMilliseconds = Int64(settings.windowSeconds) * 1_000
        self.holdMilliseconds = Int64(settings.unknownHoldSeconds) * 1_000
        self.now = now
    }

    /// To be asked oldest first. What a change said is not kept, so no read ends a hold that is taken up here.
    /// - Returns: the command with the milliseconds that are left of it, not yet with a time; `nil` if nothing of the
    ///   operation matters any more.
    mutating func command(_ operation: StoredOperation) -> RestoredCommand? {
        guard let digest = operation.requestDigest else { return nil }
        let key = RepeatKey(owner: operation.owner, digest: digest)
        // Whoever names the request in whose place this one went out is told of it as long as that would have held.
        let predecessor = operation.isUnknown ? nil : self.lifted[key]?.first
        guard operation.isUnknown || operation.answer != nil || predecessor != nil else { return nil }
        let whole = operation.isUnknown ? self.holdMilliseconds : self.windowMilliseconds
        let left = max(min(whole, operation.createdMilliseconds + whole - self.now), predecessor?.left ?? 0)
        guard left > 0 else { return nil }
        let isLifted = operation.isUnknown && operation.endedMilliseconds != nil
        var command = RestoredCommand(
            id: operation.id, key: key, clientRequestID: operation.clientRequestID,
            state: isLifted ? .lifted : operation.isUnknown ? .unknown : .answered, untilMilliseconds: left)
        if isLifted {
            self.lifted[key, default: []].append((operation.id, left))
            return command
        }
        if !operation.isUnknown {
            command.isServed = operation.clientRequestID == nil && (!operation.wasUndelivered || operation.wasServed)
        }
        if var waiting = self.lifted[key], !waiting.isEmpty {
            // The file does not say who took whose place; the next of the same command is the only one that could.
            command.predecessor = waiting.removeFirst().id
            self.lifted[key] = waiting.isEmpty ? nil : waiting
        }
        return command.isServed && command.predecessor == nil ? nil : command
    }
}
