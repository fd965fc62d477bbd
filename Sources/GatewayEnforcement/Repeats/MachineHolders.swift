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

    /// A machine and its actions, oldest first. Touched under the lock only.
    private final class Machine {
        let key: String
        var places: [Place] = []

        init(_ key: String) { self.key = key }
    }

    /// An action on its machine. Touched under the lock only.
    private final class Place {
        let holder: Holder
        /// Kept by the state for as long as it has places.
        unowned let machine: Machine
        var certainty: Certainty

        init(_ holder: Holder, on machine: Machine) {
            self.holder = holder
            self.machine = machine
            self.certainty = holder.certainty
        }

        var shown: Holder {
            var holder = self.holder
            holder.certainty = self.certainty
            return holder
        }
    }

    private struct State {
        /// Those with actions.
        var machines: [String: Machine] = [:]
        var byRequest = RequestTable<Place>()
    }

    /// An action runs for ninety minutes at most; an older one that nobody polled has ended (facts §8).
    static let longestMilliseconds: Int64 = 90 * 60 * 1_000
    /// Actions in all, and on one machine; past them an action is not noted, and a 409 says less.
    private static let most = 20_000
    private static let mostOnOne = 16
    private let state = Mutex(State())

    var count: Int { self.state.withLock { $0.byRequest.count } }

    /// - Parameter key: the machine's key.
    func goesOut(_ holder: Holder, on key: String) {
        self.state.withLock { state in
            let oldest = holder.sinceMilliseconds - Self.longestMilliseconds
            if state.byRequest.count >= Self.most {
                for place in state.byRequest.values.filter({ $0.holder.sinceMilliseconds <= oldest }) {
                    Self.remove(place, &state)
                }
            }
            let machine = state.machines[key] ?? Machine(key)
            if let first = machine.places.first, first.holder.sinceMilliseconds <= oldest {
                Self.remove(first, &state)
            }
            guard state.byRequest.count < Self.most, machine.places.count < Self.mostOnOne else { return }
            let place = Place(holder, on: machine)
            machine.places.append(place)
            if machine.places.count == 1 { state.machines[key] = machine }
            state.byRequest[holder.requestID] = place
        }
    }

    /// Azure has taken it. Whatever it had taken before has ended.
    func began(_ operation: StoredOperation) {
        guard operation.operation == .run, operation.endedMilliseconds == nil, !operation.isUnknown else { return }
        self.state.withLock { state in
            guard let place = state.byRequest[operation.id] else { return }
            place.certainty = .running
            let machine = place.machine
            var index = 0
            while index < machine.places.count {
                let other = machine.places[index]
                if other === place || other.certainty == .onItsWay {
                    index += 1
                } else {
                    machine.places.remove(at: index)
                    state.byRequest[other.holder.requestID] = nil
                }
            }
        }
    }

    /// The answer is there.
    /// - Parameter mayRun: nobody knows whether it runs; otherwise it does not, unless Azure has taken it.
    func cameBack(_ id: String, mayRun: Bool) {
        self.state.withLock { state in
            guard let place = state.byRequest[id], place.certainty == .onItsWay else { return }
            if mayRun { place.certainty = .unknown } else { Self.remove(place, &state) }
        }
    }

    func ended(_ id: String) {
        self.state.withLock { state in
            if let place = state.byRequest[id] { Self.remove(place, &state) }
        }
    }

    /// The one that most certainly holds the machine.
    /// - Parameters:
    ///   - key: the machine's key.
    ///   - own: the request that was refused.
    func holder(of key: String, except own: String, at now: Int64) -> Holder? {
        self.state.withLock { ($0.machines[key]?.places ?? []).map(\.shown) }
            .filter { $0.requestID != own && $0.sinceMilliseconds + Self.longestMilliseconds > now }
            .reduce(nil as Holder?) { best, next in
                best.map { $0.certainty.rawValue >= next.certainty.rawValue } ?? false ? best : next
            }
    }

    private static func remove(_ place: Place, _ state: inout State) {
        let machine = place.machine
        state.byRequest[place.holder.requestID] = nil
        machine.places.removeAll { $0 === place }
        if machine.places.isEmpty { state.machines[machine.key] = nil }
    }
}
