import ARMModel
import Redaction
import Synchronization

/// The secrets that managed commands were given, to be removed from what those commands show.
///
/// Bounded: past the bound the caller who has given most loses the oldest, so that nobody's flood takes away what
/// another needs. Whose secrets were lost is told, since answers of that command can then no longer be vouched for.
final class KnownSecrets: Sendable {
    /// What one request gave to one command. Secrets add up: a script may still show what an earlier update stored.
    private struct Gift {
        var owner: OperationOwner
        var secrets: [Secret]
        var sequence: Int
        var cost: Int
        var isOnItsWay = true
        /// The command was replaced as a whole since, and has run. A read that was under way may still show them.
        var isReplaced = false
    }

    private struct Place {
        var gifts: [String: Gift] = [:]
        /// Of exactly these gifts; made when it is first needed.
        var scrubber: Scrubber?
        /// Changes whenever the gifts do.
        var version = 0
        var count: Int { self.gifts.values.reduce(0) { $0 + $1.secrets.count } }
    }

    private struct State {
        var places: [String: Place] = [:]
        var costs: [OperationOwner: Int] = [:]
        var cost = 0
        var sequence = 0
        /// By path of the machine, while no gift changes.
        var ofMachines: [String: Scrubber] = [:]
    }

    /// Secrets of a command beyond those of its latest update.
    private static let mostEarlier = 64
    private static let mostMachines = 64
    /// Bytes, by estimate.
    private let mostCost: Int
    private let state = Mutex(State())

    init(mostCost: Int) { self.mostCost = mostCost }

    /// The scrubber takes some ten bytes for each; one that is full of escapes takes five times that.
    private static func cost(_ secrets: [Secret]) -> Int { secrets.reduce(0) { $0 + 40 * ($1.utf8Count + 64) } }

    /// A request goes out.
    /// - Returns: the commands of which secrets had to be forgotten that they may still show.
    func add(_ secrets: [Secret], to place: String, from requestID: String, of owner: OperationOwner) -> [String] {
        let secrets = secrets.filter { $0.utf8Count >= Scrubber.minimumBytes }
        guard !secrets.isEmpty else { return [] }
        return self.state.withLock { state in
            let gift = Gift(
                owner: owner, secrets: secrets, sequence: Self.next(&state), cost: Self.cost(secrets))
            state.places[place, default: Place()].gifts[requestID] = gift
            state.costs[owner, default: 0] += gift.cost
            state.cost += gift.cost
            Self.changed(place, &state)
            var lost: [String] = []
            while let held = state.places[place], held.count > secrets.count + Self.mostEarlier,
                let oldest = held.gifts.filter({ $0.key != requestID })
                    .min(by: { $0.value.sequence < $1.value.sequence })
            {
                Self.remove(oldest.key, from: place, &state)
                if !oldest.value.isReplaced { lost.append(place) }
            }
            if state.cost > self.mostCost { lost += self.forget(beside: requestID, &state) }
            return lost
        }
    }

    /// Makes room, a little more than is needed: looking for what to forget takes a pass over all.
    private func forget(beside requestID: String, _ state: inout State) -> [String] {
        typealias Candidate = (place: String, id: String, sequence: Int, rank: Int, isReplaced: Bool)
        var candidates: [OperationOwner: [Candidate]] = [:]
        for (place, held) in state.places {
            for (id, gift) in held.gifts where id != requestID {
                candidates[gift.owner, default: []].append(
                    (place, id, gift.sequence, gift.isOnItsWay ? 0 : gift.isReplaced ? 2 : 1, gift.isReplaced))
            }
        }
        for owner in candidates.keys {
            // The last goes first: what was replaced, then the oldest, those on their way at the very end.
            candidates[owner]?.sort { ($0.rank, -$0.sequence) < ($1.rank, -$1.sequence) }
        }
        var lost: [String] = []
        while state.cost > self.mostCost / 16 * 15 {
            let costs = state.costs
            guard
                let owner = candidates.keys.max(by: { (costs[$0] ?? 0) < (costs[$1] ?? 0) }),
                let found = candidates[owner]?.popLast()
            else { break }
            if candidates[owner]?.isEmpty == true { candidates[owner] = nil }
            Self.remove(found.id, from: found.place, &state)
            if !found.isReplaced { lost.append(found.place) }
        }
        return lost
    }

    /// The request's answer is there.
    /// - Parameter isGiven: it may have run; otherwise the command never got the secrets.
    func settle(_ requestID: String, at place: String, isGiven: Bool) {
        self.state.withLock { state in
            if isGiven {
                state.places[place]?.gifts[requestID]?.isOnItsWay = false
            } else {
                Self.remove(requestID, from: place, &state)
            }
        }
    }

    /// What the command shows from now on is this request's alone; the others go when room is needed.
    func replaced(by requestID: String, at place: String) {
        self.state.withLock { state in
            for id in state.places[place].map({ Array($0.gifts.keys) }) ?? [] where id != requestID {
                state.places[place]?.gifts[id]?.isReplaced = true
            }
        }
    }

    // MARK: Scrubbers, made outside the lock: it takes a while where secrets are many

    /// - Parameter more: of a request that may not be known here.
    /// - Returns: `nil` if there are no secrets.
    func scrubber(of place: String, adding more: [Secret] = []) -> Scrubber? {
        guard let held = self.state.withLock({ $0.places[place] }) else { return more.isEmpty ? nil : Scrubber(more) }
        let known = held.gifts.values.reduce(into: Set<Secret>()) { $0.formUnion($1.secrets) }
        let others = more.filter { $0.utf8Count >= Scrubber.minimumBytes && !known.contains($0) }
        guard others.isEmpty else { return Scrubber(Array(known) + others) }
        if let made = held.scrubber { return made }
        let made = Scrubber(Array(known))
        self.state.withLock { state in
            if state.places[place]?.version == held.version { state.places[place]?.scrubber = made }
        }
        return made
    }

    /// For what shows several commands at once.
    /// - Parameter prefix: path of the machine with a slash at its end: all of its commands are meant, of both
    ///   families.
    /// - Returns: `nil` if nothing is known of any.
    func scrubber(under prefix: String) -> Scrubber? {
        enum Found { case made(Scrubber), secrets(Set<Secret>, sequence: Int) }
        let found = self.state.withLock { state -> Found in
            if let made = state.ofMachines[prefix] { return .made(made) }
            let known = state.places.reduce(into: Set<Secret>()) { secrets, place in
                guard place.key.hasPrefix(prefix) else { return }
                for gift in place.value.gifts.values { secrets.formUnion(gift.secrets) }
            }
            return .secrets(known, sequence: state.sequence)
        }
        switch found {
        case .made(let scrubber): return scrubber
        case .secrets(let known, let sequence):
            guard !known.isEmpty else { return nil }
            let made = Scrubber(Array(known))
            self.state.withLock { state in
                guard state.sequence == sequence, state.ofMachines.count < Self.mostMachines else { return }
                state.ofMachines[prefix] = made
            }
            return made
        }
    }

    var cost: Int { self.state.withLock { $0.cost } }

    // MARK: Within the lock

    private static func next(_ state: inout State) -> Int {
        state.sequence += 1
        return state.sequence
    }

    private static func changed(_ place: String, _ state: inout State) {
        let version = self.next(&state)
        state.places[place]?.version = version
        state.places[place]?.scrubber = nil
        state.ofMachines = [:]
    }

    private static func remove(_ requestID: String, from place: String, _ state: inout State) {
        guard let gift = state.places[place]?.gifts.removeValue(forKey: requestID) else { return }
        state.cost -= gift.cost
        let left = (state.costs[gift.owner] ?? 0) - gift.cost
        state.costs[gift.owner] = left > 0 ? left : nil
        if state.places[place]?.gifts.isEmpty == true { state.places[place] = nil }
        self.changed(place, &state)
    }
}
