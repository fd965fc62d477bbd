import ARMModel

/// What of the record's file goes into the ledger at a start. The time that is left of a window or hold is worked out
/// once, and is never more than a whole one: a clock that was set back lengthens nothing without end.
struct RepeatRestoration {
    private let windowMilliseconds: Int64
    private let holdMilliseconds: Int64
    private let now: Int64
    /// The newest operation on each managed command.
    private var newest: [String: String] = [:]
    /// Requests of unknown outcome whose hold was ended, and whose place nobody has taken yet.
    private var lifted: [RepeatKey: [String]] = [:]

    /// - Parameter changes: every operation that is kept, oldest first.
    init(_ settings: RepeatSettings, at now: Int64, changes: [StoredOperation]) {
        self.windowMilliseconds = Int64(settings.windowSeconds) * 1_000
        self.holdMilliseconds = Int64(settings.unknownHoldSeconds) * 1_000
        self.now = now
        for operation in changes where operation.operation != .run {
            if let target = Self.target(operation) { self.newest[target] = operation.id }
        }
    }

    /// - Parameter change: of a command that was found without an answer.
    /// - Returns: the entry with the milliseconds that are left of it, not yet with a time; `nil` if nothing of the
    ///   operation matters any more.
    mutating func entry(_ operation: StoredOperation, change: RepeatEntry.Change?) -> RepeatEntry? {
        guard let digest = operation.requestDigest, operation.isUnknown || operation.answer != nil else { return nil }
        let whole = operation.isUnknown ? self.holdMilliseconds : self.windowMilliseconds
        let left = min(whole, operation.createdMilliseconds + whole - self.now)
        guard left > 0 else { return nil }
        let key = RepeatKey(owner: operation.owner, digest: digest)
        var entry = RepeatEntry(key: key, clientRequestID: operation.clientRequestID)
        entry.untilMilliseconds = left
        if operation.isUnknown {
            entry.state = .unknown
            if operation.endedMilliseconds == nil {
                entry.change = operation.operation == .run ? nil : change ?? self.change(operation)
            } else {
                entry.isLifted = true
                self.lifted[key, default: []].append(operation.id)
                return entry
            }
        } else {
            entry.state = .answered
            entry.isServed = operation.clientRequestID == nil && (!operation.wasUndelivered || operation.wasServed)
        }
        if var waiting = self.lifted[key], !waiting.isEmpty {
            // The file does not say who took whose place; the next of the same command is the only one that could.
            entry.predecessor = waiting.removeFirst()
            self.lifted[key] = waiting.isEmpty ? nil : waiting
        }
        return entry.isServed && entry.predecessor == nil ? nil : entry
    }

    /// The file keeps when the answer was given up, which is later than the decision: a run that began in between is
    /// not taken for this one's, and the hold ends by its time.
    private func change(_ operation: StoredOperation) -> RepeatEntry.Change? {
        guard let target = Self.target(operation), self.newest[target] == operation.id else { return nil }
        return RepeatEntry.Change(target: target, decidedMilliseconds: operation.createdMilliseconds)
    }

    private static func target(_ operation: StoredOperation) -> String? {
        ARMRequestHead.place(ofPath: operation.targetPath).map { $0.target.commandKey($0.family) }
    }
}
