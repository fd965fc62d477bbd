import Synchronization

/// What makes two requests the same: who sends it, and what it says.
struct RepeatKey: Sendable, Hashable {
    var owner: OperationOwner
    /// Request digest, lower-case hexadecimal.
    var digest: String
}

/// Which commands were sent lately, so that none is sent again by a client that did not hear the answer. It knows who
/// and when; the answers themselves are kept with the operations.
///
/// A command of which the caller got the whole answer, and which named no client request id, is forgotten at once: no
/// repeat of it can be told from a new request.
final class RepeatLedger: Sendable {
    /// What a request is, measured against those before it.
    enum Admission: Sendable, Hashable {
        /// A new request; it is remembered from now on.
        case new
        /// A new request whose caller knows of an earlier one of unknown outcome.
        case acknowledging(String)
        /// The same as an earlier request, which is on its way or answered.
        case repeating(String)
        /// Held back: nobody knows whether the same command ran.
        case held(by: String, untilMilliseconds: Int64)
    }

    /// What became of a command.
    enum End: Sendable, Hashable {
        /// It did not run: never sent, or refused by ARM.
        case notRun
        /// Its answer is kept.
        case answered
        /// Nobody knows.
        case unknown
    }

    private struct Entry {
        var key: RepeatKey
        var clientRequestID: String?
        var startedMilliseconds: Int64
        var end: End?
        /// When the hold of an unknown one is over.
        var heldUntilMilliseconds: Int64 = 0
        /// The whole answer was written to the caller; `nil` while it is not known.
        var isDelivered: Bool?
        var waiters: [Int: CheckedContinuation<End?, Never>] = [:]
    }

    private struct Named: Hashable {
        var key: RepeatKey
        var clientRequestID: String
    }

    private struct State {
        var entries: [String: Entry] = [:]
        var byClientRequestID: [Named: String] = [:]
        /// Requests without a client request id whose caller is gone, oldest first.
        var undelivered: [RepeatKey: [String]] = [:]
        var unknown: [RepeatKey: [String]] = [:]
        /// In the order of their coming, for forgetting.
        var order: [(id: String, milliseconds: Int64)] = []
        var first = 0
        var waiters = 0
    }

    /// Far beyond what ARM lets one caller send within the window; past it the oldest are forgotten.
    private static let most = 200_000
    private let settings: RepeatSettings
    private let state = Mutex(State())

    init(settings: RepeatSettings) { self.settings = settings }

    var count: Int { self.state.withLock { $0.entries.count } }

    // MARK: A request comes

    /// - Parameters:
    ///   - id: our id of the request.
    ///   - acknowledged: the request that the caller says it knows about.
    func admit(
        _ id: String, _ key: RepeatKey, clientRequestID: String?, acknowledging acknowledged: String?,
        at now: Int64
    ) -> Admission {
        self.state.withLock { state in
            self.forget(&state, at: now)
            if let acknowledged, state.unknown[key]?.contains(acknowledged) == true {
                Self.remove(acknowledged, &state)
                self.insert(id, key, clientRequestID, at: now, &state)
                return .acknowledging(acknowledged)
            }
            if let earlier = Self.repeated(key, clientRequestID, state), state.entries[earlier]?.end != .unknown {
                // Such an answer serves one repeat, whose own delivery says whether it may serve another.
                if clientRequestID == nil { Self.setDelivered(nil, earlier, &state) }
                return .repeating(earlier)
            }
            while let earlier = state.unknown[key]?.last, let entry = state.entries[earlier] {
                guard entry.heldUntilMilliseconds <= now else {
                    return .held(by: earlier, untilMilliseconds: entry.heldUntilMilliseconds)
                }
                Self.remove(earlier, &state)
            }
            self.insert(id, key, clientRequestID, at: now, &state)
            return .new
        }
    }

    private static func repeated(_ key: RepeatKey, _ clientRequestID: String?, _ state: State) -> String? {
        guard let clientRequestID else { return state.undelivered[key]?.first }
        return state.byClientRequestID[Named(key: key, clientRequestID: clientRequestID)]
    }

    private func insert(
        _ id: String, _ key: RepeatKey, _ clientRequestID: String?, at now: Int64, _ state: inout State
    ) {
        state.entries[id] = Entry(key: key, clientRequestID: clientRequestID, startedMilliseconds: now)
        if let clientRequestID {
            state.byClientRequestID[Named(key: key, clientRequestID: clientRequestID)] = id
            state.order.append((id, now))
        }
    }

    // MARK: What becomes of it

    /// What became of a request that was admitted as new.
    func ended(_ id: String, _ end: End, at now: Int64) {
        let waiters = self.state.withLock { state -> [CheckedContinuation<End?, Never>] in
            guard var entry = state.entries[id] else { return [] }
            let waiters = Array(entry.waiters.values)
            entry.waiters = [:]
            entry.end = end
            switch end {
            case .notRun: Self.remove(id, &state)
            case .answered:
                state.entries[id] = entry
                if entry.clientRequestID == nil, entry.isDelivered == true { Self.remove(id, &state) }
            case .unknown:
                entry.heldUntilMilliseconds = now + Int64(self.settings.unknownHoldSeconds) * 1_000
                state.entries[id] = entry
                state.unknown[entry.key, default: []].append(id)
                if entry.clientRequestID == nil { state.order.append((id, entry.startedMilliseconds)) }
            }
            return waiters
        }
        for waiter in waiters { waiter.resume(returning: end) }
    }

    /// Whether a caller got the whole answer: the request's own caller, or that of a repeat which was given it.
    /// - Returns: whether the answer stands for one more repeat, which then is worth keeping.
    func delivered(_ id: String, _ isDelivered: Bool) -> Bool {
        self.state.withLock { state in
            guard let entry = state.entries[id], entry.clientRequestID == nil, entry.end != .unknown,
                entry.isDelivered != isDelivered
            else { return false }
            Self.setDelivered(isDelivered, id, &state)
            if isDelivered {
                if entry.end == .answered { Self.remove(id, &state) }
                return false
            }
            state.order.append((id, entry.startedMilliseconds))
            return true
        }
    }

    private static func setDelivered(_ isDelivered: Bool?, _ id: String, _ state: inout State) {
        guard let entry = state.entries[id] else { return }
        if entry.isDelivered == false {
            state.undelivered[entry.key]?.removeAll { $0 == id }
            if state.undelivered[entry.key]?.isEmpty == true { state.undelivered[entry.key] = nil }
        }
        if isDelivered == false { state.undelivered[entry.key, default: []].append(id) }
        state.entries[id]?.isDelivered = isDelivered
    }

    /// The outcome of a command is known now: nothing is held back for it any more.
    func outcomeRecorded(_ id: String) {
        self.state.withLock { state in
            if state.entries[id]?.end == .unknown { Self.remove(id, &state) }
        }
    }

    // MARK: Waiting

    /// Waits for the end of an earlier request.
    /// - Parameter pause: returns when the time for waiting is over.
    /// - Returns: `nil` if it is not there within `waitSeconds`.
    func end(of id: String, pause: @escaping @Sendable (Int) async -> Void) async -> End? {
        enum Start { case ended(End), wait(Int) }
        return await withCheckedContinuation { continuation in
            let start = self.state.withLock { state -> Start in
                // Forgotten meanwhile: nothing of it can be told.
                guard let entry = state.entries[id] else { return .ended(.notRun) }
                if let end = entry.end { return .ended(end) }
                state.waiters += 1
                state.entries[id]?.waiters[state.waiters] = continuation
                return .wait(state.waiters)
            }
            switch start {
            case .ended(let end): continuation.resume(returning: end)
            case .wait(let number):
                let seconds = self.settings.waitSeconds
                Task {
                    await pause(seconds)
                    let late = self.state.withLock { $0.entries[id]?.waiters.removeValue(forKey: number) }
                    late?.resume(returning: nil)
                }
            }
        }
    }

    // MARK: After a restart

    /// Takes up what the record's file says.
    func restore(_ operation: StoredOperation, isUndelivered: Bool, at now: Int64) {
        guard let digest = operation.requestDigest, operation.isUnknown || operation.answer != nil else { return }
        let until = operation.createdMilliseconds + Int64(self.settings.unknownHoldSeconds) * 1_000
        let windowEnd = operation.createdMilliseconds + Int64(self.settings.windowSeconds) * 1_000
        let isHeld = operation.isUnknown && operation.endedMilliseconds == nil && until > now
        guard isHeld || (!operation.isUnknown && windowEnd > now) else { return }
        guard isHeld || operation.clientRequestID != nil || isUndelivered else { return }
        let key = RepeatKey(owner: operation.owner, digest: digest)
        self.state.withLock { state in
            self.insert(operation.id, key, operation.clientRequestID, at: operation.createdMilliseconds, &state)
            if operation.clientRequestID == nil { state.order.append((operation.id, operation.createdMilliseconds)) }
            state.entries[operation.id]?.end = isHeld ? .unknown : .answered
            if isHeld {
                state.entries[operation.id]?.heldUntilMilliseconds = until
                state.unknown[key, default: []].append(operation.id)
            } else if operation.clientRequestID == nil {
                Self.setDelivered(false, operation.id, &state)
            }
        }
    }

    // MARK: Forgetting

    private func forget(_ state: inout State, at now: Int64) {
        let window = Int64(self.settings.windowSeconds) * 1_000
        var kept: [(String, Int64)] = []
        while state.first < state.order.count {
            let (id, time) = state.order[state.first]
            guard time + window <= now || state.entries.count > Self.most else { break }
            state.first += 1
            guard let entry = state.entries[id] else { continue }
            switch entry.end {
            case .answered, .notRun: Self.remove(id, &state)
            case .unknown where entry.heldUntilMilliseconds <= now: Self.remove(id, &state)
            // Looked at again when the next window is over, or its hold.
            case .unknown: kept.append((id, entry.heldUntilMilliseconds - window))
            case nil: kept.append((id, now))
            }
        }
        state.order.append(contentsOf: kept)
        if state.first > 1_024, state.first * 2 > state.order.count {
            state.order.removeFirst(state.first)
            state.first = 0
        }
    }

    private static func remove(_ id: String, _ state: inout State) {
        guard let entry = state.entries.removeValue(forKey: id) else { return }
        // Nobody waits on an entry that has ended, or else it is not removed before it has.
        if let clientRequestID = entry.clientRequestID {
            let named = Named(key: entry.key, clientRequestID: clientRequestID)
            if state.byClientRequestID[named] == id { state.byClientRequestID[named] = nil }
        }
        if entry.isDelivered == false {
            state.undelivered[entry.key]?.removeAll { $0 == id }
            if state.undelivered[entry.key]?.isEmpty == true { state.undelivered[entry.key] = nil }
        }
        if entry.end == .unknown {
            state.unknown[entry.key]?.removeAll { $0 == id }
            if state.unknown[entry.key]?.isEmpty == true { state.unknown[entry.key] = nil }
        }
    }
}
