import ARMModel
import AuditModel
import Foundation

/// Sends mutants through the gateway's reading and writing, on threads of its own so that other tests keep theirs.
struct MutationRun: Sendable {
    var mutator: Mutator
    var roundTrip = RoundTrip()
    var mutants: Int
    var threads: Int

    struct Tally: Sendable {
        var mutants = 0
        var accepted = 0
        /// Accepted ones that Foundation's reader looked at too.
        var sampled = 0
        var mismatches = 0
        /// The first few, with what is needed to make them again.
        var reports: [String] = []
        /// Longest of one mutant, in the thread's own time: how long others kept the processor is not its fault.
        var slowest = Duration.zero
        var slowestMutant = 0

        var acceptedShare: Double { self.mutants == 0 ? 0 : Double(self.accepted) / Double(self.mutants) }

        mutating func add(_ other: Tally) {
            self.mutants += other.mutants
            self.accepted += other.accepted
            self.sampled += other.sampled
            self.mismatches += other.mismatches
            self.reports = Array((self.reports + other.reports).prefix(5))
            if other.slowest > self.slowest {
                (self.slowest, self.slowestMutant) = (other.slowest, other.slowestMutant)
            }
        }
    }

    func tally() async -> Tally {
        await withTaskGroup(of: Tally.self) { group in
            for first in 0..<self.threads {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread {
                            Self.giveWay()
                            continuation.resume(returning: self.part(from: first))
                        }
                    }
                }
            }
            var tally = Tally()
            for await part in group { tally.add(part) }
            return tally
        }
    }

    /// Tests that wait for something come first.
    private static func giveWay() {
        #if os(Linux)
            // There it holds for the calling thread alone.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
        #endif
    }

    private static func threadTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private func part(from first: Int) -> Tally {
        var tally = Tally()
        for number in stride(from: first, to: self.mutants, by: self.threads) {
            let mutant = self.mutator.mutant(number)
            let start = Self.threadTime()
            let result = self.roundTrip.result(mutant.body.kind, mutant.bytes, mutant.body.version)
            let time = Self.threadTime() - start
            if time > tally.slowest { (tally.slowest, tally.slowestMutant) = (time, number) }
            tally.mutants += 1
            var mismatch: String?
            switch result {
            case .refused: break
            case .mismatch(let what): mismatch = what
            case .accepted(let accepted):
                if tally.accepted.isMultiple(of: 100) {
                    tally.sampled += 1
                    mismatch = Self.foreignDifference(mutant, accepted)
                }
                tally.accepted += 1
            }
            if let mismatch {
                tally.mismatches += 1
                let text = String(decoding: mutant.bytes, as: UTF8.self)
                tally.reports = Array((tally.reports + ["\(mismatch): mutant \(number): \(text)"]).prefix(5))
            }
        }
        return tally
    }

    /// What Foundation reads in the received body, in the forwarded one, and in the record.
    private static func foreignDifference(_ mutant: Mutator.Mutant, _ accepted: RoundTrip.Accepted) -> String? {
        for reader in ForeignReader.foundation {
            guard let received = reader.read(mutant.bytes), let forwarded = reader.read(accepted.forwarded) else {
                return "\(reader.name) refuses"
            }
            if let what = BodyMeaning.difference(mutant.body.kind, received: received, forwarded: forwarded) {
                return "\(reader.name): \(what)"
            }
            let script = forwarded["script"] ?? forwarded["properties"]?["source"]?["script"]
            let recorded = accepted.entry.bodies.first { $0.pointer == "/command/script" }?.text
            if BodyMeaning.scriptText(script) != recorded { return "\(reader.name): the recorded script" }
        }
        return LenienceCheck.finding(in: accepted.forwarded)
    }
}
