import ARMModel
import Synchronization

/// Which actions may be running on a machine: Azure runs one at a time and refuses others with 409, without saying
/// whose it is.
final class MachineHolders: Sendable {
    enum Certainty: Int, Sendable {
        /// Sent, and no answer yet.
        case onItsWay
        /// Sent, and nobody knows what became of it.
        case unknown
        /// Azure has taken it.
        case running
    }

    struct Holder: Sendable, Hashable {
        var requestID: String
        var owner: OperationOwner
        var sinceMilliseconds: Int64
        /// `nil` after a restart.
        var command: HeldCommand?
        var certainty = Certainty.onItsWay
    }

    private struct State {
        var holders: [String: [Holder]] = [:]
        var machines: [String: String] = [:]
    }

    /// An action runs for ninety minutes at most; an older one that nobody polled has ended (facts §8).
    static let longestMilliseconds: Int64 = 90 * 60 * 1_000
    /// Actions in all, and on one machine; past them an action is not noted, and a 409 says less.
    private static let most = 20_000
    private static let mostOnOne = 16
    private let state = Mutex(State())

    var count: Int { self.state.withLock { $0.machines.count } }

    /// - Parameter machine: the machine's key.
    func goesOut(_ holder: Holder, on machine: String) {
        self.state.withLock { state in
            let oldest = holder.sinceMilliseconds - Self.longestMilliseconds
            if state.machines.count >= Self.most {
                for id in state.holders.values.joined().filter({ $0.sinceMilliseconds <= oldest }).map(\.requestID) {
                    Self.remove(id, &state)
                }
            }
            if let first = state.holders[machine]?.first, first.sinceMilliseconds <= oldest {
                Self.remove(first.requestID, &state)
            }
            guard state.machines.count < Self.most, (state.holders[machine]?.count ?? 0) < Self.mostOnOne else {
                return
            }
            state.holders[machine, default: []].append(holder)
            state.machines[holder.requestID] = machine
        }
    }

    /// Azure has taken it. Whatever it had taken before has ended.
    func began(_ operation: StoredOperation) {
        guard operation.operation == .run, operation.endedMilliseconds == nil, !operation.isUnknown else { return }
        self.state.withLock { state in
            guard let machine = state.machines[operation.id],
                let place = state.holders[machine]?.firstIndex(where: { $0.requestID == operation.id })
            else { return }
            state.holders[machine]?[place].certainty = .running
            let ended = state.holders[machine]?.filter { $0.certainty != .onItsWay && $0.requestID != operation.id }
            for holder in ended ?? [] { Self.remove(holder.requestID, &state) }
        }
    }

    /// The answer is there.
    /// - Parameter mayRun: nobody knows whether it runs; otherwise it does not, unless Azure has taken it.
    func cameBack(_ id: String, mayRun: Bool) {
        self.state.withLock { state in
            guard let machine = state.machines[id],
                let place = state.holders[machine]?.firstIndex(where: { $0.requestID == id }),
                state.holders[machine]?[place].certainty == .onItsWay
            else { return }
            if mayRun { state.holders[machine]?[place].certainty = .unknown } else { Self.remove(id, &state) }
        }
    }

    func ended(_ id: String) { self.state.withLock { Self.remove(id, &$0) } }

    /// The one that most certainly holds the machine.
    /// - Parameter own: the request that was refused.
    func holder(of machine: String, except own: String, at now: Int64) -> Holder? {
        self.state.withLock { $0.holders[machine] ?? [] }
            .filter { $0.requestID != own && $0.sinceMilliseconds + Self.longestMilliseconds > now }
            .reduce(nil as Holder?) { best, next in
                best.map { $0.certainty.rawValue >= next.certainty.rawValue } ?? false ? best : next
            }
    }

    private static func remove(_ id: String, _ state: inout State) {
        guard let machine = state.machines.removeValue(forKey: id) else { return }
        state.holders[machine]?.removeAll { $0.requestID == id }
        if state.holders[machine]?.isEmpty == true { state.holders[machine] = nil }
    }
}
