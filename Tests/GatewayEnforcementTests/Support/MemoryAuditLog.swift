import AuditModel
import GatewayEnforcement
import Synchronization

/// A record in memory that can be told to fail.
final class MemoryAuditLog: AuditLog {
    private struct State {
        var entries: [AuditEntry] = []
        var operations: [String: StoredOperation] = [:]
        var failsOn: Set<AuditEvent> = []
        var failsReading = false
        var unanswered: [UnansweredCommand] = []
        var error = AuditLogError.writeFailed("full")
        var hook: (event: AuditEvent, body: @Sendable () async -> Void)?
    }

    private let state = Mutex(State())

    var entries: [AuditEntry] { self.state.withLock { $0.entries } }
    var operations: [String: StoredOperation] { self.state.withLock { $0.operations } }

    /// No events: writing works again.
    func fail(on events: Set<AuditEvent>, _ error: AuditLogError = .writeFailed("full")) {
        self.state.withLock {
            $0.failsOn = events
            $0.error = error
        }
    }

    /// Something that happens elsewhere while the next row of this kind is being written, before it is durable.
    func whileAppending(_ event: AuditEvent, _ body: @escaping @Sendable () async -> Void) {
        self.state.withLock { $0.hook = (event, body) }
    }

    func failReading(_ fails: Bool = true) { self.state.withLock { $0.failsReading = fails } }

    /// A row that had timed out becomes durable late.
    func makeDurable(_ operation: StoredOperation) { self.state.withLock { $0.operations[operation.id] = operation } }

    func append(_ entry: AuditEntry, change: OperationChange?) async throws(AuditLogError) -> AuditIndex {
        let hook = self.state.withLock { state in
            guard let hook = state.hook, hook.event == entry.event else { return nil as (@Sendable () async -> Void)? }
            state.hook = nil
            return hook.body
        }
        await hook?()
        let result = self.state.withLock { state -> Result<AuditIndex, AuditLogError> in
            if state.failsOn.contains(entry.event) { return .failure(state.error) }
            switch change {
            case .begin(let operation): state.operations[operation.id] = operation
            case .end(let id, let time):
                guard var operation = state.operations[id], operation.endedMilliseconds == nil else {
                    return .failure(.alreadyEnded)
                }
                operation.endedMilliseconds = time
                state.operations[id] = operation
            case nil: break
            }
            state.entries.append(entry)
            return .success(AuditIndex(durable: Int64(state.entries.count)))
        }
        return try result.get()
    }

    func operation(id: String) async throws(AuditLogError) -> StoredOperation? {
        let (operation, fails) = self.state.withLock { ($0.operations[id], $0.failsReading) }
        if fails { throw .writeFailed("unreadable") }
        return operation
    }

    func operations(sinceMilliseconds: Int64) async throws(AuditLogError) -> [StoredOperation] {
        let (operations, fails) = self.state.withLock { ($0.operations.values, $0.failsReading) }
        if fails { throw .writeFailed("unreadable") }
        return operations.filter { $0.createdMilliseconds >= sinceMilliseconds }
            .sorted { $0.decisionIndex < $1.decisionIndex }
    }

    func unansweredCommands(sinceMilliseconds: Int64) async throws(AuditLogError) -> [UnansweredCommand] {
        self.state.withLock { $0.unanswered.filter { $0.decidedMilliseconds >= sinceMilliseconds } }
    }

    func add(_ command: UnansweredCommand) { self.state.withLock { $0.unanswered.append(command) } }
    /// As the file does when the window is over.
    func eraseAnswer(of id: String) { self.state.withLock { $0.operations[id]?.answer = nil } }
    func markServed(id: String) { self.state.withLock { $0.operations[id]?.wasServed = true } }
    func markUndelivered(id: String) { self.state.withLock { $0.operations[id]?.wasUndelivered = true } }

    var isWritable: Bool { self.state.withLock { $0.failsOn.isEmpty } }
}
