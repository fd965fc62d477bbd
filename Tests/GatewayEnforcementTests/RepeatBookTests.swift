import ARMModel
import PolicyCore
import Synchronization
import Testing

@testable import GatewayEnforcement

/// The ledger takes room only for what was sent, and forgets nothing that holds a command back.
@Suite struct RepeatBookTests {
    private static let key = RepeatKey(owner: OperationOwner(Scene.person), digest: "d")

    private func book(most: Int = 100) -> RepeatBook {
        RepeatBook(windowMilliseconds: 600, holdMilliseconds: 1_800, most: most)
    }

    private func key(_ number: Int) -> RepeatKey { RepeatKey(owner: Self.key.owner, digest: String(number)) }

    @Test func whatWasRefusedLeavesNothingBehind() {
        var book = self.book()
        for number in 0..<1_000 {
            let admission = book.admit("r\(number)", Self.key, clientRequestID: "c\(number)", acknowledging: nil, at: 0)
            #expect(admission == .new)
            _ = book.ended("r\(number)", .notRun, at: 0)
        }
        #expect(book.size == 0)
    }

    @Test func atTheBoundTheOldestAnswerIsForgotten() {
        var book = self.book(most: 10)
        for number in 0..<11 {
            _ = book.admit("r\(number)", self.key(number), clientRequestID: "c", acknowledging: nil, at: 0)
            _ = book.ended("r\(number)", .answered, at: 0)
        }
        #expect(book.entries.count == 10 && book.entries["r0"] == nil)
    }

    @Test func atTheBoundNothingUnknownIsForgotten() {
        var book = self.book(most: 10)
        for number in 0..<10 {
            _ = book.admit("r\(number)", self.key(number), clientRequestID: nil, acknowledging: nil, at: 0)
            _ = book.ended("r\(number)", .unknown, at: 0)
        }
        #expect(book.admit("s", Self.key, clientRequestID: nil, acknowledging: nil, at: 1) == .full)
        #expect(book.admit("s", Self.key, clientRequestID: nil, acknowledging: nil, at: 1_800) == .new)
        #expect(book.entries.count == 1)
    }

    /// A repeat still holds it when it must make room, and then its own caller is lost.
    @Test func nobodyIsToldOfWhatWasForgotten() {
        var book = self.book(most: 2)
        _ = book.admit("x", Self.key, clientRequestID: nil, acknowledging: nil, at: 0)
        _ = book.ended("x", .unknown, at: 0)
        #expect(book.admit("a", Self.key, clientRequestID: nil, acknowledging: "x", at: 1) == .acknowledging("x"))
        book.acknowledged(by: "a")
        _ = book.ended("a", .answered, at: 1_500)
        #expect(book.admit("b", Self.key, clientRequestID: nil, acknowledging: "x", at: 1_501) == .repeating("a"))
        #expect(book.admit("c", self.key(1), clientRequestID: nil, acknowledging: nil, at: 1_800) == .new)
        _ = book.admit("d", self.key(2), clientRequestID: nil, acknowledging: nil, at: 1_800)
        #expect(book.entries["a"]?.isForgotten == true)
        #expect(book.lost("a") == nil)
        #expect(book.admit("e", Self.key, clientRequestID: nil, acknowledging: nil, at: 1_802) != .repeating("a"))
        book.unpin("a")
        #expect(book.entries["a"] == nil)
    }

    @Test func whatIsServedLeavesNoTrailInTheQueue() {
        var book = self.book()
        for number in 0..<20_000 {
            _ = book.admit("r\(number)", Self.key, clientRequestID: nil, acknowledging: nil, at: 0)
            _ = book.ended("r\(number)", .answered, at: 0)
            #expect(book.served("r\(number)") == "r\(number)")
        }
        #expect(book.size < 1_100)
    }

    @Test func aFullLedgerAdmitsNothingNew() {
        let ledger = RepeatLedger(settings: RepeatSettings(), most: 1) { 0 }
        #expect(ledger.admit("a", Self.key, clientRequestID: nil) == .new)
        #expect(ledger.admit("b", Self.key, clientRequestID: nil) == .full)
        #expect(ErrorAnswer.tooManyCommands.status == 503 && ErrorAnswer.tooManyCommands.retryAfter != nil)
    }

    @Test func whoCannotWaitIsToldSoAtOnce() async {
        let ledger = RepeatLedger(settings: RepeatSettings(), mostWaiters: 0) { 0 }
        _ = ledger.admit("a", Self.key, clientRequestID: "c")
        #expect(ledger.admit("b", Self.key, clientRequestID: "c") == .repeating("a"))
        #expect(await ledger.finding(of: "a") { _ in } == .late("a"))
    }

    @Test func aWaitLeavesNoTaskBehind() async {
        let ledger = RepeatLedger(settings: RepeatSettings()) { 0 }
        _ = ledger.admit("a", Self.key, clientRequestID: "c")
        _ = ledger.admit("b", Self.key, clientRequestID: "c")
        let wasCancelled = Mutex(false)
        let waiting = Task {
            await ledger.finding(of: "a") { _ in
                while !Task.isCancelled { await Task.yield() }
                wasCancelled.withLock { $0 = true }
            }
        }
        for _ in 0..<50 { await Task.yield() }
        ledger.ended("a", .answered)
        #expect(await waiting.value == .answered("a"))
        while !wasCancelled.withLock({ $0 }) { await Task.yield() }
    }

    /// Any order of events: what goes out, goes out as the rules say, and in the end nothing is left.
    @Test(arguments: 0..<200) func noOrderOfEventsBreaksTheRules(_ seed: UInt64) {
        var dice = Dice(seed)
        var book = self.book(most: 1_000)
        var now: Int64 = 0
        var open: [(id: String, acknowledged: String?)] = []
        var pins: [(id: String, by: String)] = []
        /// Of unknown outcome, with the end of the hold.
        var unknown: [String: Int64] = [:]
        var acknowledged: Set<String> = []
        /// Which may have run, by client request id, with the end of the window.
        var ran: [String: Int64] = [:]
        for number in 0..<600 {
            now += Int64(dice.below(40))
            let id = "r\(number)"
            if dice.below(2) == 0 {
                let client = dice.below(4) == 0 ? nil : "c\(dice.below(5))"
                let known = dice.below(3) == 0 ? unknown.keys.sorted().randomElement(using: &dice) : nil
                switch book.admit(id, Self.key, clientRequestID: client, acknowledging: known, at: now) {
                case .new:
                    #expect(client.flatMap { ran[$0] } ?? 0 <= now, "seed \(seed): \(client ?? "") ran before")
                    #expect(client == nil || !open.contains { book.entries[$0.id]?.clientRequestID == client })
                    open.append((id, nil))
                case .acknowledging(let earlier):
                    #expect(earlier == known && !acknowledged.contains(earlier))
                    open.append((id, earlier))
                case .repeating(let earlier):
                    #expect(book.entries[earlier] != nil)
                    pins.append((earlier, id))
                case .held(let hold, let other):
                    #expect((unknown[hold.id] ?? 0) > now && hold.id != other)
                    if let other {
                        book.lift(other)
                        unknown[other] = nil
                    }
                case .full: Issue.record("full")
                }
            } else if dice.below(3) == 0, let place = pins.indices.randomElement(using: &dice) {
                let pin = pins.remove(at: place)
                if dice.below(2) == 0 { _ = book.lost(pin.by) } else { _ = book.served(pin.by) }
                book.unpin(pin.id)
            } else if let place = open.indices.randomElement(using: &dice) {
                let (id, earlier) = open.remove(at: place)
                if book.obstacle(to: id, at: now) != nil || dice.below(4) == 0 {
                    _ = book.ended(id, .notRun, at: now)
                    continue
                }
                // It goes out: nothing unknown may stand against it but what its caller knows.
                #expect(unknown.allSatisfy { $0.key == earlier || $0.value <= now }, "seed \(seed), \(id)")
                if let earlier {
                    #expect(acknowledged.insert(earlier).inserted, "seed \(seed): \(earlier) twice")
                    book.acknowledged(by: id)
                    unknown[earlier] = nil
                }
                let client = book.entries[id]?.clientRequestID
                switch dice.below(3) {
                case 0:
                    _ = book.ended(id, .notRun, at: now)
                case 1:
                    _ = book.ended(id, .answered, at: now)
                    if let client {
                        ran[client] = now + 600
                    } else {
                        _ = dice.below(2) == 0 ? book.served(id) : book.lost(id)
                    }
                default:
                    _ = book.ended(id, .unknown, at: now)
                    unknown[id] = now + 1_800
                }
            }
        }
        for (id, _) in open { _ = book.ended(id, .notRun, at: now) }
        for pin in pins {
            _ = book.lost(pin.by)
            book.unpin(pin.id)
        }
        now += 10_000
        #expect(book.admit("last", Self.key, clientRequestID: "new", acknowledging: nil, at: now) == .new)
        _ = book.ended("last", .notRun, at: now)
        #expect(book.size == 0, "seed \(seed)")
    }
}

/// Numbers that a seed decides.
struct Dice: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { self.state = (seed &+ 1) &* 0xD134_2543_DE82_EF95 }
    mutating func next() -> UInt64 {
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = self.state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
    mutating func below(_ bound: Int) -> Int { Int(self.next() % UInt64(bound)) }
}
