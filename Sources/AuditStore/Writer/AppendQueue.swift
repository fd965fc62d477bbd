import AuditModel
import Dispatch
import GatewayEnforcement
import Logging
import Synchronization

/// Where rows wait for the next transaction. Whoever waits shares it; nothing waits on a timer. Rows handed in during
/// one turn of an event loop are shown to the writer together at its end, so that they share one flush.
final class AppendQueue: Sendable {
    /// What the writer does next.
    enum Work {
        case batch([PendingAppend])
        case jobs([WriterJob])
        /// Nothing to do: wait on ``wait(seconds:)``.
        case nothing
        case stop
    }

    private struct State {
        /// Handed in during the present turn of an event loop.
        var arriving: [PendingAppend] = []
        var waiting: [PendingAppend] = []
        var inFlight: [PendingAppend] = []
        var jobs: [WriterJob] = []
        var isAsleep = false
        var isClosing = false
        var hasStopped = false
        /// The last write failed, or rows have waited too long.
        var isFailing = false
        var isWatched = false
        var closers: [CheckedContinuation<Void, Never>] = []
        var statistics = AuditStatistics()
    }

    private let state: Mutex<State>
    private let wake = DispatchSemaphore(value: 0)
    private let options: AuditStoreOptions
    private let logger: Logger

    init(options: AuditStoreOptions, logger: Logger, lastIndex: Int64, openOperations: Int) {
        var state = State()
        state.statistics.lastIndex = lastIndex
        state.statistics.openOperations = openOperations
        self.state = Mutex(state)
        self.options = options
        self.logger = logger
    }

    // MARK: - Callers

    func submit(_ entry: AuditEntry, change: OperationChange?, waiter: PendingAppend.Waiter) {
        let bytes = PendingAppend.bytes(of: entry, change: change)
        let deadline = DispatchTime.now().uptimeNanoseconds &+ UInt64(self.options.writeSeconds * 1e9)
        let (refusal, publishes, watches) = self.state.withLock { state -> (AuditLogError?, Bool, Bool) in
            if state.isClosing { return (.closed, false, false) }
            guard state.statistics.waitingRows < self.options.maximumWaitingRows,
                state.statistics.waitingBytes + bytes <= self.options.maximumWaitingBytes
            else { return (.writeFailed("too much is waiting to be written"), false, false) }
            state.statistics.waitingRows += 1
            state.statistics.waitingBytes += bytes
            state.arriving.append(
                PendingAppend(entry: entry, change: change, bytes: bytes, deadline: deadline, waiter: waiter))
            let watches = !state.isWatched
            state.isWatched = true
            return (nil, state.arriving.count == 1, watches)
        }
        if publishes { self.options.atEndOfTurn { self.publish() } }
        if watches { self.watch(until: deadline) }
        if let refusal { waiter.resume(returning: .failure(refusal)) }
    }

    /// Shows the writer what has arrived.
    private func publish() {
        let wakes = self.state.withLock { state in
            Self.publish(&state)
            return Self.wakes(&state)
        }
        if wakes { self.wake.signal() }
    }

    private static func publish(_ state: inout State) {
        if state.waiting.isEmpty {
            swap(&state.waiting, &state.arriving)
        } else {
            state.waiting.append(contentsOf: state.arriving)
            state.arriving.removeAll(keepingCapacity: true)
        }
    }

    /// - Returns: `false` if the writer takes no more jobs.
    func submit(_ job: @escaping WriterJob) -> Bool {
        let (taken, wakes) = self.state.withLock { state -> (Bool, Bool) in
            if state.isClosing { return (false, false) }
            state.jobs.append(job)
            return (true, Self.wakes(&state))
        }
        if wakes { self.wake.signal() }
        return taken
    }

    func close() {
        let wakes = self.state.withLock { state in
            state.isClosing = true
            return Self.wakes(&state)
        }
        if wakes { self.wake.signal() }
    }

    /// Until the writer has written what waited and let go of the file.
    func waitUntilStopped() async {
        await withCheckedContinuation { waiter in
            let hasStopped = self.state.withLock { state in
                if !state.hasStopped { state.closers.append(waiter) }
                return state.hasStopped
            }
            if hasStopped { waiter.resume() }
        }
    }

    var isWritable: Bool {
        self.state.withLock { state in
            !state.isClosing && !state.isFailing && state.statistics.waitingRows < self.options.maximumWaitingRows
        }
    }

    var isClosed: Bool { self.state.withLock(\.isClosing) }
    var statistics: AuditStatistics { self.state.withLock(\.statistics) }

    private static func wakes(_ state: inout State) -> Bool {
        let wasAsleep = state.isAsleep
        state.isAsleep = false
        return wasAsleep
    }

    // MARK: - The writer's thread

    func next() -> Work {
        self.state.withLock { state in
            if !state.jobs.isEmpty {
                let jobs = state.jobs
                state.jobs = []
                return .jobs(jobs)
            }
            if state.isClosing { Self.publish(&state) }
            if !state.waiting.isEmpty {
                if state.waiting.count <= self.options.rowsPerCommit {
                    swap(&state.waiting, &state.inFlight)
                } else {
                    state.inFlight = Array(state.waiting.prefix(self.options.rowsPerCommit))
                    state.waiting.removeFirst(self.options.rowsPerCommit)
                }
                return .batch(state.inFlight)
            }
            if state.isClosing { return .stop }
            state.isAsleep = true
            return .nothing
        }
    }

    func wait(seconds: Double) { _ = self.wake.wait(timeout: .now() + max(0.001, seconds)) }

    var isFailing: Bool { self.state.withLock(\.isFailing) }

    /// The batch in flight has been dealt with.
    /// - Returns: who is to be told.
    func finish(
        _ outcome: BatchWriter.Outcome, began: Int, nanoseconds: UInt64, lastIndex: Int64
    ) -> AppendAnswers {
        var answers = AppendAnswers()
        answers.told.reserveCapacity(outcome.answers.count)
        answers.failure = outcome.failure
        self.state.withLock { state in
            for (row, answer) in zip(state.inFlight, outcome.answers) {
                state.statistics.waitingBytes -= row.bytes
                if let waiter = row.waiter {
                    answers.told.append((waiter, answer))
                } else if case .success = answer {
                    answers.late += 1
                    if let change = row.change { answers.unheard.append(change) }
                }
            }
            let count = state.inFlight.count
            state.inFlight = []
            state.statistics.waitingRows -= count
            state.statistics.rows += outcome.written
            state.statistics.lateRows += answers.late
            state.statistics.lastIndex = lastIndex
            state.statistics.openOperations += began - outcome.ended
            if outcome.written > 0 {
                state.statistics.commits += 1
                state.statistics.lastCommitNanoseconds = nanoseconds
                state.statistics.commitNanoseconds &+= nanoseconds
            }
            answers.hasRecovered = state.isFailing && outcome.failure == nil && outcome.written > 0
            if outcome.failure != nil { state.isFailing = true }
            if answers.hasRecovered { state.isFailing = false }
            answers.failed = outcome.failure == nil ? 0 : count - outcome.written
            state.statistics.failedRows += answers.failed
        }
        return answers
    }

    /// A logger may be slow: after the waiters.
    func report(_ answers: AppendAnswers) {
        if let failure = answers.failure {
            self.logger.error(
                "rows of the record could not be written",
                metadata: ["rows": "\(answers.failed)", "reason": "\(failure)"])
        }
        if answers.late > 0 {
            self.logger.warning(
                "rows became durable after their callers had been told of a time-out",
                metadata: ["rows": "\(answers.late)"])
        }
        if answers.hasRecovered { self.logger.notice("the record can be written again") }
    }

    /// Operations that are given up as never ended.
    func gaveUp(_ count: Int) { self.state.withLock { $0.statistics.openOperations -= count } }

    /// What a trial write showed while the record was failing.
    func probed(_ failure: SQLFailure?) {
        let recovered = self.state.withLock { state in
            let recovered = state.isFailing && failure == nil
            if recovered { state.isFailing = false }
            return recovered
        }
        if recovered { self.logger.notice("the record can be written again") }
    }

    /// Nobody writes any more: whoever still waits is told so.
    func stopped() {
        let (rows, jobs, closers) = self.state.withLock { state in
            state.isClosing = true
            state.hasStopped = true
            let left = (state.inFlight + state.waiting + state.arriving, state.jobs, state.closers)
            (state.inFlight, state.waiting, state.arriving, state.jobs, state.closers) = ([], [], [], [], [])
            return left
        }
        for job in jobs { job(nil) }
        for row in rows { row.waiter?.resume(returning: .failure(.closed)) }
        for closer in closers { closer.resume() }
    }

    // MARK: - Time-outs

    /// One timer for all: rows are answered in the order of their coming, so the oldest one's deadline comes first.
    private func watch(until deadline: UInt64) {
        DispatchQueue.global().asyncAfter(deadline: DispatchTime(uptimeNanoseconds: deadline)) { self.expire() }
    }

    private func expire() {
        let now = DispatchTime.now().uptimeNanoseconds
        let (overdue, next) = self.state.withLock { state in
            var overdue: [PendingAppend.Waiter] = []
            var next: UInt64?
            Self.expire(&state.inFlight, now: now, overdue: &overdue, next: &next)
            Self.expire(&state.waiting, now: now, overdue: &overdue, next: &next)
            Self.expire(&state.arriving, now: now, overdue: &overdue, next: &next)
            state.isWatched = next != nil
            state.statistics.timedOutRows += overdue.count
            if !overdue.isEmpty { state.isFailing = true }
            return (overdue, next)
        }
        for waiter in overdue { waiter.resume(returning: .failure(.timedOut)) }
        if !overdue.isEmpty {
            self.logger.error("rows of the record were not durable in time", metadata: ["rows": "\(overdue.count)"])
        }
        if let next { self.watch(until: next) }
    }

    private static func expire(
        _ rows: inout [PendingAppend], now: UInt64, overdue: inout [PendingAppend.Waiter], next: inout UInt64?
    ) {
        for position in rows.indices {
            guard let waiter = rows[position].waiter else { continue }
            if rows[position].deadline <= now {
                overdue.append(waiter)
                rows[position].waiter = nil
            } else {
                next = min(next ?? .max, rows[position].deadline)
                return
            }
        }
    }
}
