import Synchronization

/// The ``RepeatBook`` with a lock and a clock of its own, which no step of the wall clock moves, and those who wait.
final class RepeatLedger: Sendable {
    /// What a request is, measured against those before it.
    enum Admission: Sendable, Hashable {
        /// A new request; it is remembered from now on, until ``RepeatLedger/ended(_:_:)`` says what became of it.
        case new
        /// A new request whose caller knows of an earlier one of unknown outcome.
        case acknowledging(String)
        /// The same as an earlier request, which is on its way or answered. To be followed by
        /// ``RepeatLedger/unpin(_:)``.
        case repeating(String)
        /// Held back: nobody knows whether the same command ran.
        /// - acknowledging: another of unknown outcome that the caller knows about.
        case held(RepeatBook.Hold, acknowledging: String?)
        /// No room to remember it.
        case full
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

    /// What a repeat learns of the earlier request, or of the one that went out in its place.
    enum Finding: Sendable, Hashable {
        case notRun
        case answered(String)
        case concluded(String)
        case unknown(RepeatBook.Hold)
        /// Not there within `waitSeconds`.
        case late(String)
    }

    private struct State: ~Copyable {
        var book: RepeatBook
        var waiters = 0
        var isWaitedFor = 0
    }

    private let waitSeconds: Int
    private let mostWaiters: Int
    private let uptime: @Sendable () -> Int64
    private let state: Mutex<State>

    /// - Parameters:
    ///   - most: commands that are remembered; far beyond what ARM lets a subscription send within the window.
    ///   - mostWaiters: repeats that wait; another is told at once that there is no answer yet.
    ///   - uptimeMilliseconds: a clock that only goes forward.
    init(
        settings: RepeatSettings, most: Int = 200_000, mostWaiters: Int = 10_000,
        uptimeMilliseconds: @escaping @Sendable () -> Int64
    ) {
        self.waitSeconds = settings.waitSeconds
        self.mostWaiters = mostWaiters
        self.uptime = uptimeMilliseconds
        self.state = Mutex(
            State(
                book: RepeatBook(
                    windowMilliseconds: Int64(settings.windowSeconds) * 1_000,
                    holdMilliseconds: Int64(settings.unknownHoldSeconds) * 1_000, most: most)))
    }

    var count: Int { self.state.withLock { $0.book.entries.count } }
    var size: Int { self.state.withLock { $0.book.size } }

    /// - Parameters:
    ///   - id: our id of the request.
    ///   - acknowledged: the request that the caller says it knows about.
    func admit(
        _ id: String, _ key: RepeatKey, clientRequestID: String?, acknowledging acknowledged: String? = nil
    ) -> Admission {
        self.state.withLock {
            $0.book.admit(
                id, key, clientRequestID: clientRequestID, acknowledging: acknowledged, at: self.uptime())
        }
    }

    /// What has come in the way of a request that was admitted as new: the same command, sent meanwhile or before, of
    /// which nobody knows whether it ran.
    func obstacle(to id: String) -> RepeatBook.Hold? {
        self.state.withLock { $0.book.holdsAnything ? $0.book.obstacle(to: id, at: self.uptime()) : nil }
    }

    /// The decision that names another request of unknown outcome is on record.
    func acknowledged(by id: String) { self.state.withLock { $0.book.acknowledged(by: id) } }

    /// The caller's word about a request of unknown outcome is on record; nothing was sent in its place.
    func lift(_ id: String) { self.state.withLock { $0.book.lift(id) } }

    func goesOut(_ id: String, _ change: RepeatEntry.Change) { self.state.withLock { $0.book.goesOut(id, change) } }

    /// What became of a request that was admitted as new.
    func ended(_ id: String, _ end: End) {
        let (waiters, finding) = self.state.withLock { state -> ([RepeatWaiter], Finding) in
            let waiters = state.book.ended(id, end, at: self.uptime())
            if waiters.isEmpty { return ([], .notRun) }
            state.isWaitedFor -= waiters.count
            return (waiters, self.finding(id, state.book) ?? .notRun)
        }
        for waiter in waiters {
            waiter.alarm?.cancel()
            waiter.continuation.resume(returning: finding)
        }
    }

    /// The outcome of a command is known now: nothing is held back for it any more.
    func outcomeRecorded(_ id: String) { self.state.withLock { $0.book.concluded(id) } }

    func unknown(on target: String) -> [(id: String, change: RepeatEntry.Change)] {
        self.state.withLock { $0.book.unknown(on: target) }
    }

    /// What became of a request that was let out, as far as its caller's answer goes.
    func fate(of id: String) -> (isUnknown: Bool, isUndelivered: Bool) {
        self.state.withLock { state in
            let entry = state.book.entries[id]
            return (entry?.state == .unknown, entry?.isUndelivered ?? false)
        }
    }

    func lost(_ id: String) -> String? { self.state.withLock { $0.book.lost(id) } }
    func served(_ id: String) -> String? { self.state.withLock { $0.book.served(id) } }
    func restore(_ command: RestoredCommand) { self.state.withLock { $0.book.restore(command) } }
    func restored() { self.state.withLock { $0.book.restored() } }

    /// The end, in the ledger's time, of what has so many milliseconds left.
    func time(in milliseconds: Int64) -> Int64 { self.uptime() + milliseconds }

    // MARK: Waiting

    /// Waits for the end of an earlier request.
    /// - Parameter pause: returns when so many seconds are over, or earlier if the task is cancelled.
    func finding(of id: String, pause: @escaping @Sendable (Int) async -> Void) async -> Finding {
        await withCheckedContinuation { continuation in
            enum Start { case known(Finding), wait(String, Int) }
            let start = self.state.withLock { state -> Start in
                let id = state.book.latest(id)
                if let finding = self.finding(id, state.book) { return .known(finding) }
                // Gone while a pin held it: it did not run.
                guard state.book.entries[id] != nil else { return .known(.notRun) }
                guard state.isWaitedFor < self.mostWaiters else { return .known(.late(id)) }
                state.waiters += 1
                state.isWaitedFor += 1
                state.book.wait(for: id, state.waiters, RepeatWaiter(continuation: continuation))
                return .wait(id, state.waiters)
            }
            switch start {
            case .known(let finding): continuation.resume(returning: finding)
            case .wait(let id, let number):
                let seconds = self.waitSeconds
                let alarm = Task {
                    await pause(seconds)
                    self.giveUp(on: id, number)
                }
                if !self.state.withLock({ $0.book.alarm(id, number, alarm) }) { alarm.cancel() }
            }
        }
    }

    private func giveUp(on id: String, _ number: Int) {
        let waiter = self.state.withLock { state in
            let waiter = state.book.stopWaiting(for: id, number)
            if waiter != nil { state.isWaitedFor -= 1 }
            return waiter
        }
        waiter?.continuation.resume(returning: .late(id))
    }

    /// The repeat is done with the earlier request that it was told of.
    func unpin(_ id: String) { self.state.withLock { $0.book.unpin(id) } }

    /// - Returns: `nil` while it is on its way, and for one that is not remembered.
    private func finding(_ id: String, _ book: borrowing RepeatBook) -> Finding? {
        guard let entry = book.entries[id] else { return nil }
        switch entry.state {
        case .onItsWay: return nil
        case .answered: return .answered(id)
        case .concluded: return .concluded(id)
        case .unknown where book.isDone(id): return .notRun
        case .unknown:
            let remaining = max(0, entry.untilMilliseconds - self.uptime())
            return .unknown(RepeatBook.Hold(id: id, remainingMilliseconds: remaining))
        }
    }
}
