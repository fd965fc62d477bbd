import Redaction
import Synchronization

/// What is known in memory about running operations: the secrets to remove from their answers, and operations whose
/// row could not be written.
final class OperationRegistry: Sendable {
    private struct State {
        var scrubbers: [String: Scrubber] = [:]
        /// ARM answered, but the record could not take the row; kept so that the caller can poll all the same.
        var unrecorded: [String: StoredOperation] = [:]
        /// Open operations by resource path in lower case, for finding the end in a later read.
        var byTarget: [String: String] = [:]
    }

    private let state = Mutex(State())

    func began(_ operation: StoredOperation, scrubber: Scrubber, isRecorded: Bool) {
        self.state.withLock { state in
            state.scrubbers[operation.id] = scrubber
            state.byTarget[operation.targetPath] = operation.id
            if !isRecorded { state.unrecorded[operation.id] = operation }
        }
    }

    func ended(_ operation: StoredOperation) {
        self.state.withLock { state in
            state.scrubbers[operation.id] = nil
            state.unrecorded[operation.id] = nil
            if state.byTarget[operation.targetPath] == operation.id { state.byTarget[operation.targetPath] = nil }
        }
    }

    func scrubber(of id: String) -> Scrubber? { self.state.withLock { $0.scrubbers[id] } }
    func unrecorded(_ id: String) -> StoredOperation? { self.state.withLock { $0.unrecorded[id] } }
    func open(target: String) -> String? { self.state.withLock { $0.byTarget[target] } }
}
