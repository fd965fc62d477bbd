import ARMModel
import Redaction
import Synchronization

/// What is known in memory about commands that were forwarded: the secrets to remove from what a managed command
/// answers, and operations whose row could not be written.
///
/// Bounded, since an operation may never be polled: the oldest is forgotten first. What is forgotten is still on
/// record; its answers are then no longer vouched for, and its `outcome` says so.
final class OperationRegistry: Sendable {
    /// How much of what a command may show is known, for its `outcome`.
    struct Knowledge: Sendable {
        /// The request's own secrets are removed from what is relayed.
        var scrubs: Bool
        /// There is no stored secret either that the gateway never saw.
        var isWhole: Bool

        static let none = Knowledge(scrubs: false, isWhole: false)
        static let whole = Knowledge(scrubs: true, isWhole: true)
    }

    /// A managed command.
    private struct Target {
        /// The request that last changed the command, or may have.
        var latest: String?
        var isOpen = false
        /// Updates on their way, whose answer is not there yet.
        var onTheirWay = 0
        var isWhole: [String: Bool] = [:]
        /// Secrets of it had to be forgotten that it may still show.
        var hasLost = false
        var sequence = 0
    }

    private struct State {
        var targets: [String: Target] = [:]
        var sequence = 0
        /// ARM answered, but the record could not take the row; kept so that the caller can poll all the same.
        var unrecorded: [String: (operation: StoredOperation, sequence: Int)] = [:]
        /// Operations whose end is being recorded.
        var ending: Set<String> = []
    }

    private let mostTargets: Int
    private let mostUnrecorded: Int
    /// Locked within this one's lock, never the other way round.
    private let secrets: KnownSecrets
    private let state = Mutex(State())

    /// - Parameter mostCost: of secrets, bytes by estimate.
    init(mostTargets: Int = 4_096, mostUnrecorded: Int = 4_096, mostCost: Int = 64 << 20) {
        self.mostTargets = mostTargets
        self.mostUnrecorded = mostUnrecorded
        self.secrets = KnownSecrets(mostCost: mostCost)
    }

    /// An update goes out: its secrets are removed from what the command shows from now on, until it turns out that
    /// nothing ran.
    func goesOut(to path: String, requestID: String, owner: OperationOwner, secrets: [Secret]) {
        self.state.withLock { state in
            state.sequence += 1
            let key = Self.key(path)
            state.targets[key, default: Target()].onTheirWay += 1
            state.targets[key]?.sequence = state.sequence
            for lost in self.secrets.add(secrets, to: key, from: requestID, of: owner) {
                state.targets[lost]?.hasLost = true
            }
            while state.targets.count > self.mostTargets,
                let oldest = state.targets.min(by: { $0.value.sequence < $1.value.sequence })
            {
                state.targets[oldest.key] = nil
            }
        }
    }

    /// The update's answer is there, and it began nothing.
    /// - Parameter mayHaveRun: what the command shows may be this request's, and no operation will tell.
    func cameBack(from path: String, requestID: String, mayHaveRun: Bool) {
        self.state.withLock { state in
            let key = Self.key(path)
            self.secrets.settle(requestID, at: key, isGiven: mayHaveRun)
            state.targets[key]?.onTheirWay -= 1
            if mayHaveRun {
                state.targets[key]?.latest = requestID
                state.targets[key]?.isOpen = false
            } else if let target = state.targets[key], target.latest == nil, target.onTheirWay <= 0, !target.hasLost {
                state.targets[key] = nil
            }
        }
    }

    /// ARM has taken a command; an update has gone out before.
    /// - Parameter isWhole: nothing stays stored that could be a secret and did not pass through here.
    func began(_ operation: StoredOperation, isWhole: Bool, isRecorded: Bool) {
        self.state.withLock { state in
            state.sequence += 1
            if !isRecorded { self.keep(operation, &state) }
            // An action has no member that is a secret, and no resource to read afterwards; a deletion leaves none.
            guard operation.operation != .run, operation.operation != .delete else { return }
            let key = Self.key(operation.targetPath)
            self.secrets.settle(operation.id, at: key, isGiven: true)
            guard var target = state.targets[key] else { return }
            target.onTheirWay -= 1
            target.latest = operation.id
            target.isOpen = true
            if target.isWhole.count >= 16 { target.isWhole = [:] }
            target.isWhole[operation.id] = isWhole
            state.targets[key] = target
        }
    }

    /// A command whose row could not be written and which has no secrets to follow.
    func keep(_ operation: StoredOperation) {
        self.state.withLock { state in
            state.sequence += 1
            self.keep(operation, &state)
        }
    }

    private func keep(_ operation: StoredOperation, _ state: inout State) {
        state.unrecorded[operation.id] = (operation, state.sequence)
        if state.unrecorded.count > self.mostUnrecorded,
            let oldest = state.unrecorded.min(by: { $0.value.sequence < $1.value.sequence })?.key
        {
            state.unrecorded[oldest] = nil
        }
    }

    /// A deletion has begun, or may have: what a read shows from now on may be another command of the same name, so it
    /// ends nothing. Secrets stay: the deletion may fail.
    func mayBeDeleted(_ path: String) { self.state.withLock { $0.targets[Self.key(path)]?.isOpen = false } }

    /// The end is on record. Secrets stay: the command can be read as long as it exists.
    /// - Parameter showsOnlyThis: the command was replaced as a whole and has run, so that no secret of an earlier one is
    ///   left in what it shows, if nothing has changed it since.
    func ended(_ id: String, target: String, atMilliseconds time: Int64, showsOnlyThis: Bool = false) {
        self.state.withLock { state in
            state.unrecorded[id]?.operation.endedMilliseconds = time
            let key = Self.key(target)
            guard state.targets[key]?.latest == id else { return }
            state.targets[key]?.isOpen = false
            guard showsOnlyThis, let known = state.targets[key], known.onTheirWay <= 0 else { return }
            state.targets[key]?.hasLost = false
            self.secrets.replaced(by: id, at: key)
        }
    }

    /// The operation's row was written after all.
    func recorded(_ id: String) { self.state.withLock { $0.unrecorded[id] = nil } }

    func unrecorded(_ id: String) -> StoredOperation? { self.state.withLock { $0.unrecorded[id]?.operation } }

    /// - Parameter secrets: of the request at hand, which are removed even where they are not known here.
    func scrubber(ofTarget path: String, adding secrets: [Secret] = []) -> Scrubber? {
        self.secrets.scrubber(of: Self.key(path), adding: secrets)
    }

    /// For what shows several commands at once.
    /// - Parameter path: of the machine: all of its commands are meant, of both families.
    /// - Returns: `nil` if nothing is known of any.
    func scrubber(under path: String) -> Scrubber? { self.secrets.scrubber(under: Self.key(path) + "/") }

    func knowledge(of operation: StoredOperation) -> Knowledge {
        if operation.operation == .run || operation.operation == .delete { return .whole }
        let target = self.state.withLock { $0.targets[Self.key(operation.targetPath)] }
        guard let target, !target.hasLost, let isWhole = target.isWhole[operation.id] else { return .none }
        return Knowledge(scrubs: true, isWhole: isWhole)
    }

    /// The operation whose run this command shows, if its end is not on record.
    func open(target path: String) -> String? {
        self.state.withLock { state in
            state.targets[Self.key(path)].flatMap { $0.isOpen && $0.onTheirWay <= 0 ? $0.latest : nil }
        }
    }

    /// Whether a later request has changed the same command, or may have: what it shows is no longer this one's.
    func isSuperseded(_ operation: StoredOperation) -> Bool {
        self.state.withLock { state in
            guard let target = state.targets[Self.key(operation.targetPath)] else { return false }
            return target.onTheirWay > 0 || (target.latest.map { $0 != operation.id } ?? false)
        }
    }

    /// Takes the sole right to record the end of an operation.
    /// - Returns: `false` if somebody has it.
    func claimEnd(of id: String) -> Bool { self.state.withLock { $0.ending.insert(id).inserted } }
    func releaseEnd(of id: String) { self.state.withLock { _ = $0.ending.remove(id) } }

    var count: Int { self.state.withLock { $0.targets.count + $0.unrecorded.count + $0.ending.count } }

    private static func key(_ path: String) -> String { ASCIICase.lowered(path) }
}
