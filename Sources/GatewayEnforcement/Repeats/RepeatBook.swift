/// The rules of at most once (CONTRACT §3), without clock, lock or waiting: which commands were sent lately, who may
/// still be told of them, and which hold back the same command.
///
/// - A request is *on its way* from its admission. If it did not run it is removed, as though it had never come.
/// - *Answered* ones stand for their repeats until the window is over. One without a client request id stands for a
///   single repeat, and only after its own caller was lost.
/// - *Unknown* ones hold back every request of the same key until the hold is over, an outcome is on record, or a
///   successor's decision is: a request that names it. The successor is the only one; whoever names the same request
///   again repeats the successor.
struct RepeatBook: ~Copyable {
    struct Hold: Sendable, Hashable {
        var id: String
        var remainingMilliseconds: Int64
    }

    private struct Named: Hashable {
        var key: RepeatKey
        var clientRequestID: String
    }

    private(set) var entries = RequestTable<RepeatEntry>()
    /// Oldest first: one that names another of unknown outcome may carry the id of an earlier one.
    private var byClientRequestID: [Named: [String]] = [:]
    /// Without a client request id and without a caller to be told, oldest first.
    private var undelivered: [RepeatKey: [String]] = [:]
    /// Repeats without a client request id whose callers are being told, with the entry that they are told of.
    private var serving: [String: String] = [:]
    /// Of unknown outcome and not lifted, oldest first.
    private var holding: [RepeatKey: [String]] = [:]
    /// The same by the managed command that they changed.
    private var holdingByTarget: [String: [String]] = [:]
    private var windows = RepeatQueue()
    private var holds = RepeatQueue()
    private let windowMilliseconds: Int64
    private let holdMilliseconds: Int64
    private let most: Int

    /// - Parameter most: entries; at the bound the oldest answered one is forgotten, and if there is none nothing new
    ///   is admitted. One on its way or of unknown outcome is never forgotten early.
    init(windowMilliseconds: Int64, holdMilliseconds: Int64, most: Int) {
        self.windowMilliseconds = windowMilliseconds
        self.holdMilliseconds = holdMilliseconds
        self.most = most
    }

    /// Everything that takes room, for tests of bounds.
    var size: Int {
        self.entries.count + self.byClientRequestID.count + self.undelivered.count + self.serving.count
            + self.holding.count + self.holdingByTarget.count + self.windows.count + self.holds.count
    }

    // MARK: A request comes

    mutating func admit(
        _ id: String, _ key: RepeatKey, clientRequestID: String?, acknowledging acknowledged: String?, at now: Int64
    ) -> RepeatLedger.Admission {
        self.forget(at: now)
        if let acknowledged, let earlier = self.entries[acknowledged], earlier.key == key, earlier.state == .unknown,
            earlier.untilMilliseconds > now
        {
            if let successor = earlier.successor {
                if !self.isDone(successor) { return self.told(of: successor, id, clientRequestID, at: now) }
            } else if let other = self.hold(on: key, except: acknowledged, at: now) {
                return .held(other, acknowledging: acknowledged)
            } else {
                let entry = RepeatEntry(id, key, clientRequestID: clientRequestID, predecessor: acknowledged)
                guard self.insert(entry) else { return .full }
                earlier.successor = id
                return .acknowledging(acknowledged)
            }
        }
        if let earlier = self.earlier(key, clientRequestID, at: now) {
            return self.told(of: earlier, id, clientRequestID, at: now)
        }
        if let hold = self.hold(on: key, except: nil, at: now) { return .held(hold, acknowledging: nil) }
        return self.insert(RepeatEntry(id, key, clientRequestID: clientRequestID)) ? .new : .full
    }

    private func earlier(_ key: RepeatKey, _ clientRequestID: String?, at now: Int64) -> String? {
        guard let clientRequestID else {
            return self.undelivered[key]?.first { self.entries[$0].map { $0.untilMilliseconds > now } ?? false }
        }
        return self.byClientRequestID[Named(key: key, clientRequestID: clientRequestID)]?.last { id in
            (self.entries[id].map { $0.untilMilliseconds > now } ?? false) && !self.isDone(id)
        }
    }

    /// Its caller's word about it is on record, and nothing is on its way or has run in its place: there is nothing to
    /// tell of it. It is kept for those who name it: they take its place one after the other.
    func isDone(_ id: String) -> Bool {
        self.entries[self.latest(id)].map { $0.state == .unknown && $0.isLifted } ?? true
    }

    private mutating func told(
        of earlier: String, _ id: String, _ clientRequestID: String?, at now: Int64
    ) -> RepeatLedger.Admission {
        let earlier = self.latest(earlier)
        guard let entry = self.entries[earlier] else { return .full }
        if entry.state == .unknown {
            let hold = Hold(id: earlier, remainingMilliseconds: entry.untilMilliseconds - now)
            return .held(hold, acknowledging: nil)
        }
        entry.pins += 1
        // Such an answer serves one repeat, whose own delivery says whether it may serve another.
        if clientRequestID == nil, entry.clientRequestID == nil, entry.server == nil, !entry.isServed {
            entry.server = id
            self.serving[id] = earlier
            Self.remove(earlier, entry.key, &self.undelivered)
        }
        return .repeating(earlier)
    }

    /// The request that went out last in the place of this one, or this one.
    func latest(_ id: String) -> String {
        var id = id
        while let next = self.entries[id]?.successor, self.entries[next] != nil { id = next }
        return id
    }

    /// The newest request of unknown outcome that holds the key's commands back.
    private func hold(on key: RepeatKey, except known: String?, at now: Int64) -> Hold? {
        for id in (self.holding[key] ?? []).reversed() where id != known {
            guard let entry = self.entries[id], entry.untilMilliseconds > now else { continue }
            return Hold(id: id, remainingMilliseconds: entry.untilMilliseconds - now)
        }
        return nil
    }

    /// Whether any request of unknown outcome holds others back.
    var holdsAnything: Bool { !self.holding.isEmpty }

    /// What has come in the way of a request that was admitted as new.
    func obstacle(to id: String, at now: Int64) -> Hold? {
        guard self.holdsAnything, let entry = self.entries[id] else { return nil }
        return self.hold(on: entry.key, except: entry.predecessor, at: now)
    }

    mutating func goesOut(_ id: String, _ change: RepeatEntry.Change) { self.entries[id]?.change = change }

    private mutating func insert(_ entry: RepeatEntry) -> Bool {
        while self.entries.count >= self.most, let oldest = self.windows.first {
            self.windows.removeFirst()
            if let entry = self.entries[oldest] { self.discard(entry) }
        }
        guard self.entries.count < self.most else { return false }
        if let clientRequestID = entry.clientRequestID {
            let named = Named(key: entry.key, clientRequestID: clientRequestID)
            self.byClientRequestID[named, default: []].append(entry.id)
        } else {
            entry.server = entry.id
        }
        self.entries[entry.id] = entry
        return true
    }

    // MARK: What becomes of it

    /// - Returns: those who wait for it.
    mutating func ended(_ id: String, _ end: RepeatLedger.End, at now: Int64) -> [RepeatWaiter] {
        guard let entry = self.entries[id], entry.state == .onItsWay else { return [] }
        let waiters = Array(entry.waiters.values)
        entry.waiters = [:]
        switch end {
        case .notRun:
            self.remove(entry)
            return waiters
        case .answered:
            entry.state = .answered
            entry.untilMilliseconds = now + self.windowMilliseconds
            // Whoever names the predecessor again is told of this one.
            let hold = entry.predecessor.flatMap { self.entries[$0]?.untilMilliseconds } ?? 0
            if hold > entry.untilMilliseconds {
                entry.untilMilliseconds = hold
                self.holds.append(id)
            } else {
                self.windows.append(id)
            }
        case .unknown:
            entry.untilMilliseconds = now + self.holdMilliseconds
            self.hold(entry)
        }
        self.shorten()
        return waiters
    }

    private mutating func hold(_ entry: RepeatEntry) {
        if let server = entry.server { self.serving[server] = nil }
        entry.server = nil
        entry.state = .unknown
        Self.remove(entry.id, entry.key, &self.undelivered)
        self.holding[entry.key, default: []].append(entry.id)
        if let target = entry.change?.target { self.holdingByTarget[target, default: []].append(entry.id) }
        self.holds.append(entry.id)
    }

    /// The decision of a request that names another of unknown outcome is on record.
    mutating func acknowledged(by id: String) {
        guard let earlier = self.entries[id]?.predecessor, let entry = self.entries[earlier] else { return }
        entry.isLifted = true
        self.endHold(entry)
    }

    /// The caller's word about it is on record, and nothing goes out in its place.
    mutating func lift(_ id: String) {
        guard let entry = self.entries[id], entry.state == .unknown, entry.successor == nil else { return }
        entry.isLifted = true
        self.endHold(entry)
    }

    /// The outcome of a command is on record: it holds nothing back any more. Its own repeats are still told of it.
    mutating func concluded(_ id: String) {
        guard let entry = self.entries[id], entry.state == .unknown, !entry.isLifted else { return }
        self.endHold(entry)
        entry.state = .concluded
        if entry.clientRequestID == nil, entry.successor == nil { self.discard(entry) }
    }

    /// Changes of a managed command whose outcome nobody knows, oldest first.
    func unknown(on target: String) -> [(id: String, change: RepeatEntry.Change)] {
        (self.holdingByTarget[target] ?? []).compactMap { id in self.entries[id]?.change.map { (id, $0) } }
    }

    // MARK: Whether callers got the answer

    /// The caller of this request, the first or a repeat, is gone without the answer.
    /// - Returns: the request whose answer now stands for one more repeat, if its answer is known.
    mutating func lost(_ id: String) -> String? {
        guard let entry = self.told(id) else { return nil }
        entry.server = nil
        self.undelivered[entry.key, default: []].append(entry.id)
        return entry.state == .answered ? entry.id : nil
    }

    /// The caller of this request, the first or a repeat, has the whole answer.
    /// - Returns: the request whose answer it was.
    mutating func served(_ id: String) -> String? {
        guard let entry = self.told(id), entry.state == .answered else { return nil }
        entry.server = nil
        entry.isServed = true
        if entry.predecessor == nil { self.discard(entry) }
        return entry.id
    }

    /// What the caller of this request is being told of: its own, or for a repeat an earlier one.
    private mutating func told(_ id: String) -> RepeatEntry? {
        if let own = self.entries[id], own.server == id, !own.isForgotten { return own }
        guard let earlier = self.serving.removeValue(forKey: id), let entry = self.entries[earlier], entry.server == id
        else { return nil }
        return entry
    }

    // MARK: Waiting

    mutating func wait(for id: String, _ number: Int, _ waiter: RepeatWaiter) {
        self.entries[id]?.waiters[number] = waiter
    }
    mutating func alarm(_ id: String, _ number: Int, _ alarm: Task<Void, Never>) -> Bool {
        guard self.entries[id]?.waiters[number] != nil else { return false }
        self.entries[id]?.waiters[number]?.alarm = alarm
        return true
    }
    mutating func stopWaiting(for id: String, _ number: Int) -> RepeatWaiter? {
        self.entries[id]?.waiters.removeValue(forKey: number)
    }

    mutating func unpin(_ id: String) {
        guard let entry = self.entries[id] else { return }
        entry.pins -= 1
        if entry.pins <= 0, entry.isForgotten { self.remove(entry) }
    }

    // MARK: After a restart

    mutating func restore(_ command: RestoredCommand) {
        let predecessor = command.predecessor.flatMap { self.entries[$0] }
        let entry = RepeatEntry(
            command.id, command.key, clientRequestID: command.clientRequestID, predecessor: predecessor?.id)
        entry.untilMilliseconds = command.untilMilliseconds
        entry.isServed = command.isServed
        guard self.insert(entry) else { return }
        predecessor?.successor = entry.id
        // Its caller is gone.
        entry.server = nil
        switch command.state {
        case .unknown: self.hold(entry)
        case .lifted:
            entry.state = .unknown
            entry.isLifted = true
            self.holds.append(entry.id)
        case .answered:
            entry.state = .answered
            if entry.clientRequestID == nil, !entry.isServed {
                self.undelivered[entry.key, default: []].append(entry.id)
            }
            if entry.predecessor == nil { self.windows.append(entry.id) } else { self.holds.append(entry.id) }
        }
    }

    /// After the last one was restored: of those whose hold had ended and in whose place nothing went out, all that is
    /// known is that they are not to be sent again by a repeat.
    mutating func restored() {
        // All of them before any goes: one that goes leaves its predecessor without a successor.
        let lifted = self.entries.values.filter { $0.state == .unknown && $0.isLifted && $0.successor == nil }
        for entry in lifted {
            entry.state = .concluded
            if entry.clientRequestID == nil { self.discard(entry) }
        }
    }

    // MARK: Forgetting

    private mutating func forget(at now: Int64) {
        while let id = self.windows.first, self.isOver(id, at: now) { self.windows.removeFirst() }
        while let id = self.holds.first, self.isOver(id, at: now) { self.holds.removeFirst() }
    }

    /// Forgets it if its time is over.
    /// - Returns: whether it is, or it left before.
    private mutating func isOver(_ id: String, at now: Int64) -> Bool {
        guard let entry = self.entries[id] else { return true }
        guard entry.untilMilliseconds <= now else { return false }
        self.discard(entry)
        return true
    }

    /// Entries that left early leave their places in the queues behind.
    private mutating func shorten() {
        guard self.windows.count + self.holds.count > 2 * self.entries.count + 1_024 else { return }
        self.windows.keep { self.entries[$0] != nil }
        self.holds.keep { self.entries[$0] != nil }
    }

    /// No new request is told of it. Those that were may still ask what became of it.
    private mutating func discard(_ entry: RepeatEntry) {
        guard entry.pins > 0 else { return self.remove(entry) }
        self.unlist(entry)
        entry.isForgotten = true
    }

    private mutating func remove(_ entry: RepeatEntry) {
        guard self.entries.remove(entry.id) != nil else { return }
        self.unlist(entry)
        if let earlier = entry.predecessor.flatMap({ self.entries[$0] }), earlier.successor == entry.id {
            earlier.successor = nil
        }
        if let next = entry.successor.flatMap({ self.entries[$0] }) {
            next.predecessor = nil
            if next.isServed { self.discard(next) }
        }
    }

    private mutating func unlist(_ entry: RepeatEntry) {
        if let clientRequestID = entry.clientRequestID {
            Self.remove(entry.id, Named(key: entry.key, clientRequestID: clientRequestID), &self.byClientRequestID)
        }
        if let server = entry.server, server != entry.id, self.serving[server] == entry.id {
            self.serving[server] = nil
        }
        Self.remove(entry.id, entry.key, &self.undelivered)
        self.endHold(entry)
    }

    private mutating func endHold(_ entry: RepeatEntry) {
        Self.remove(entry.id, entry.key, &self.holding)
        if let target = entry.change?.target { Self.remove(entry.id, target, &self.holdingByTarget) }
    }

    private static func remove<Key>(_ id: String, _ key: Key, _ lists: inout [Key: [String]]) {
        guard let place = lists[key]?.firstIndex(of: id) else { return }
        lists[key]?.remove(at: place)
        if lists[key]?.isEmpty == true { lists[key] = nil }
    }
}
