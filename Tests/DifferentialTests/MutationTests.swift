import ARMModel
import Foundation
import Testing

/// Mutants of Azure's example bodies and of the corpus's good bodies: none may crash or hang the gateway's reading, and
/// what is forwarded for one that is accepted means what is on record.
///
/// `SALLYPORT_MUTANTS=5000000 SALLYPORT_SEED=7 swift test --filter MutationTests` runs more of them, or others.
@Suite struct MutationTests {
    private static let environment = ProcessInfo.processInfo.environment

    private func bodies() throws -> [SeedBody] {
        let examples = try ExampleBodies.all()
        #expect(examples.count >= 29, "the examples are not all there")
        // Three times, so that they are about as many as the corpus has.
        var bodies = examples + examples + examples
        for body in try Corpus.bodies.get() where body.line.expected.code == "ok" && body.line.bytes.count < 2_000 {
            let line = body.line
            bodies.append(SeedBody(name: line.name, kind: body.kind, version: line.version, bytes: line.bytes))
        }
        return bodies
    }

    @Test(.timeLimit(.minutes(60)))
    func nothingForwardedDiffersFromTheRecord() async throws {
        let mutants = Self.environment["SALLYPORT_MUTANTS"].flatMap { Int($0) } ?? 200_000
        let seed = Self.environment["SALLYPORT_SEED"].flatMap { UInt64($0) } ?? 20_261_120
        let run = MutationRun(
            mutator: Mutator(bodies: try self.bodies(), seed: seed), mutants: mutants,
            threads: max(2, ProcessInfo.processInfo.activeProcessorCount))
        let clock = ContinuousClock()
        let start = clock.now
        let tally = await run.tally()
        let share = Int((tally.acceptedShare * 100).rounded())
        print(
            """
            mutation: \(tally.mutants) mutants of \(run.mutator.bodies.count) bodies, \(tally.accepted) accepted \
            (\(share) %), \(tally.sampled) of them read by Foundation too, crashes 0, mismatches \(tally.mismatches), \
            slowest \(tally.slowest) (\(tally.slowestMutant)), seed \(seed), \(clock.now - start)
            """)
        #expect(tally.mutants == mutants)
        #expect(tally.mismatches == 0, "seed \(seed): \(tally.reports.joined(separator: "\n"))")
        #expect(tally.acceptedShare >= 0.2)
        #expect(tally.slowest < .seconds(1))
        #expect(tally.sampled > 0)
    }

    @Test func oneMutantCanBeMadeAgain() throws {
        let bodies = try self.bodies()
        let one = Mutator(bodies: bodies, seed: 5)
        let other = Mutator(bodies: bodies, seed: 6)
        #expect((0..<200).allSatisfy { one.mutant($0).bytes == one.mutant($0).bytes })
        #expect((0..<200).contains { one.mutant($0).bytes != other.mutant($0).bytes })
    }

    @Test(arguments: WrongForwarder.all)
    func aWrongForwarderIsFound(_ wrong: WrongForwarder) async throws {
        var run = MutationRun(mutator: Mutator(bodies: try self.bodies(), seed: 1), mutants: 3_000, threads: 2)
        run.roundTrip = RoundTrip(forwarder: wrong.forwarder)
        let tally = await run.tally()
        #expect(tally.mismatches > 0)
    }
}
