import ARMModel
import Synchronization

/// Which action was last seen running on a machine: Azure runs one at a time and refuses others with 409, without
/// saying whose it is.
final class MachineHolders: Sendable {
    struct Holder: Sendable, Hashable {
        var requestID: String
        var owner: OperationOwner
        var sinceMilliseconds: Int64
    }

    /// An action runs for ninety minutes at most; an older one that nobody polled has ended (facts §8).
    static let longestMilliseconds: Int64 = 90 * 60 * 1_000
    private static let most = 20_000
    private let holders = Mutex<[String: Holder]>([:])

    func began(_ operation: StoredOperation) {
        guard operation.operation == .run, operation.endedMilliseconds == nil, !operation.isUnknown else { return }
        let holder = Holder(
            requestID: operation.id, owner: operation.owner, sinceMilliseconds: operation.createdMilliseconds)
        self.holders.withLock { holders in
            if holders.count >= Self.most {
                let oldest = operation.createdMilliseconds - Self.longestMilliseconds
                holders = holders.filter { $0.value.sinceMilliseconds > oldest }
                if holders.count >= Self.most { holders = [:] }
            }
            holders[ASCIICase.lowered(operation.targetPath)] = holder
        }
    }

    func ended(_ id: String, path: String) {
        self.holders.withLock { holders in
            let key = ASCIICase.lowered(path)
            if holders[key]?.requestID == id { holders[key] = nil }
        }
    }

    /// - Parameter path: the action's path, as it is forwarded.
    func holder(of path: String, at now: Int64) -> Holder? {
        self.holders.withLock { $0[ASCIICase.lowered(path)] }
            .flatMap { $0.sinceMilliseconds + Self.longestMilliseconds > now ? $0 : nil }
    }
}
