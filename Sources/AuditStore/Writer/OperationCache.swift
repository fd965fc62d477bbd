import GatewayEnforcement
import Synchronization

/// Operations that were begun or asked for lately, so that a poll does not read the database.
final class OperationCache: Sendable {
    private struct State {
        var byID: [RequestIDKey: StoredOperation] = [:]
        /// Ids in the order of their coming; the oldest leaves first.
        var order: [String] = []
        var first = 0
        var bytes = 0
        /// Grows with every change of a known operation, so that an older read does not bring back what was before.
        var generation = 0
    }

    private let state = Mutex(State())
    private let maximumBytes: Int

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    func find(_ id: String) -> (operation: StoredOperation?, generation: Int) {
        self.state.withLock { ($0.byID[RequestIDKey(id)], $0.generation) }
    }

    /// Takes what a read found, unless something changed since `generation`.
    func fill(_ operation: StoredOperation, generation: Int) {
        self.state.withLock { state in
            if state.generation == generation { self.insert(operation, into: &state) }
        }
    }

    /// Takes over a change that has become durable. A beginning does not undo what came after it.
    func apply(_ change: OperationChange) {
        self.state.withLock { state in
            switch change {
            case .begin(let operation):
                self.insert(operation, into: &state, unlessKnown: true)
            case .end(let id, let atMilliseconds):
                state.generation += 1
                state.byID[RequestIDKey(id)]?.endedMilliseconds = atMilliseconds
            }
        }
    }

    /// Forgets what ended, or began and never ended, before.
    func purge(endedBefore: Int64, openBegunBefore: Int64) {
        self.state.withLock { state in
            state.generation += 1
            let before = state.byID.count
            for (key, operation) in state.byID {
                let isOver =
                    operation.endedMilliseconds.map { $0 < endedBefore }
                    ?? (operation.createdMilliseconds < openBegunBefore)
                guard isOver else { continue }
                state.byID[key] = nil
                state.bytes -= Self.size(operation)
            }
            // Ids of what is gone would otherwise pile up where the bytes never reach their bound.
            if state.byID.count < before {
                state.order = state.order[state.first...].filter { state.byID[RequestIDKey($0)] != nil }
                state.first = 0
            }
        }
    }

    /// How many ids are remembered, for tests.
    var remembered: Int { self.state.withLock { $0.order.count } }

    /// The same as an erasure in the table: answers to what was begun before `cutoff` go.
    func eraseAnswers(begunBefore cutoff: Int64) {
        self.state.withLock { state in
            state.generation += 1
            for (key, operation) in state.byID where operation.answer != nil && operation.createdMilliseconds < cutoff {
                state.bytes -= Self.size(operation)
                state.byID[key]?.answer = nil
                state.bytes += state.byID[key].map(Self.size) ?? 0
            }
        }
    }

    /// The same as the end of holds in the table.
    func endHolds(begunBefore cutoff: Int64, atMilliseconds: Int64) {
        self.state.withLock { state in
            state.generation += 1
            for (key, operation) in state.byID
            where operation.isUnknown && operation.endedMilliseconds == nil && operation.createdMilliseconds < cutoff {
                state.byID[key]?.endedMilliseconds = atMilliseconds
            }
        }
    }

    func note(_ marks: some Sequence<DeliveryMark>) {
        self.state.withLock { state in
            state.generation += 1
            for mark in marks {
                switch mark.kind {
                case .undelivered: state.byID[RequestIDKey(mark.id)]?.wasUndelivered = true
                case .served: state.byID[RequestIDKey(mark.id)]?.wasServed = true
                }
            }
        }
    }

    private func insert(_ operation: StoredOperation, into state: inout State, unlessKnown: Bool = false) {
        let key = RequestIDKey(operation.id)
        if let old = state.byID.updateValue(operation, forKey: key) {
            // What came after its beginning is known already.
            if unlessKnown {
                state.byID[key] = old
                return
            }
            state.bytes -= Self.size(old)
        } else {
            state.order.append(operation.id)
        }
        state.bytes += Self.size(operation)
        while state.bytes > self.maximumBytes, state.first < state.order.count {
            if let gone = state.byID.removeValue(forKey: RequestIDKey(state.order[state.first])) {
                state.bytes -= Self.size(gone)
            }
            state.first += 1
        }
        if state.first > 1024, state.first * 2 > state.order.count {
            state.order.removeFirst(state.first)
            state.first = 0
        }
    }

    private static func size(_ operation: StoredOperation) -> Int {
        512 + operation.targetPath.utf8.count + (operation.statusLink?.utf8.count ?? 0)
            + (operation.resultLink?.utf8.count ?? 0) + (operation.requestDigest?.utf8.count ?? 0)
            + (operation.clientRequestID?.utf8.count ?? 0) + (operation.answer?.body.count ?? 0)
    }
}
