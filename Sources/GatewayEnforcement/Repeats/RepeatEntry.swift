/// What makes two requests the same: who sends it, and what it says.
struct RepeatKey: Sendable, Hashable {
    var owner: OperationOwner
    /// Request digest, lower-case hexadecimal.
    var digest: String

    /// The digest alone tells nearly all keys apart.
    func hash(into hasher: inout Hasher) { hasher.combine(self.digest) }
}

/// One command in the ``RepeatBook``: one object, which only the book changes, under the ledger's lock. Times are those
/// of the ledger's own clock.
final class RepeatEntry {
    /// What became of a command that may have run.
    enum State: Sendable, Hashable {
        case onItsWay
        /// Its answer is kept.
        case answered
        /// Nobody knows, so the same command is held back.
        case unknown
        /// Nobody knew, and now its outcome is on record.
        case concluded
    }

    /// A change of a managed command.
    struct Change: Sendable, Hashable {
        var target: String
        /// When it was decided, milliseconds since 1970.
        var decidedMilliseconds: Int64
        /// What a GET would show of it (``Command/shownDigest``); `nil` where that is not known, as after a restart.
        var shown: String?
        /// No earlier change of the command was without an end when this one went out, so that a run which began
        /// later is not that one's.
        var wasAlone = false
    }

    let id: String
    let key: RepeatKey
    let clientRequestID: String?
    var state = State.onItsWay
    /// The end of its window, or of its hold.
    var untilMilliseconds = Int64.max
    var change: Change?

    /// The request that goes out in the place of this one of unknown outcome, whose caller knows of it.
    var successor: String?
    /// The request of unknown outcome in whose place this one goes out.
    var predecessor: String?
    /// The successor's decision is on record: this one holds nothing back any more.
    var isLifted = false

    /// Without a client request id: the request whose caller is being told the answer, its own or a repeat. `nil` when
    /// no such caller is left; then the next request that says the same is a repeat.
    var server: String?
    /// A caller got the whole answer.
    var isServed = false

    /// Repeats at work that were told of this one: it is not forgotten under them.
    var pins = 0
    /// To be removed with the last pin.
    var isForgotten = false
    var waiters: [Int: RepeatWaiter] = [:]

    init(_ id: String, _ key: RepeatKey, clientRequestID: String?, predecessor: String? = nil) {
        self.id = id
        self.key = key
        self.clientRequestID = clientRequestID
        self.predecessor = predecessor
    }

    /// Whether its answer is known, and no caller has it or is being told it.
    var isUndelivered: Bool {
        self.clientRequestID == nil && self.state == .answered && self.server == nil && !self.isServed
    }
}

/// A repeat that waits for the first one's answer.
struct RepeatWaiter: Sendable {
    var continuation: CheckedContinuation<RepeatLedger.Finding, Never>
    /// Ends the wait in time.
    var alarm: Task<Void, Never>?
}
