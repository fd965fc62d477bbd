import ARMModel
import Foundation
import StrictJSON
import Testing

/// Hostile bodies and targets: each refused as its line says, and each accepted one taken alike by every reader.
@Suite struct CorpusTests {
    /// A body that is accepted, as received and as forwarded.
    private struct AcceptedBody {
        var name: String
        var kind: BodyKind
        var received: [UInt8]
        var forwarded: [UInt8]
    }

    @Test func eachBodyIsTakenAsItsLineSays() throws {
        for body in try Corpus.bodies.get() {
            let line = body.line
            let verdict: Verdict =
                switch RoundTrip().result(body.kind, line.bytes, line.version) {
                case .refused(let verdict): verdict
                case .accepted: .ok
                case .mismatch(let what): Verdict("mismatch: " + what)
                }
            #expect(verdict.fulfils(line.expected), "\(line): expected \(line.expected), is \(verdict)")
        }
    }

    @Test func everyReaderTakesAcceptedBodiesAlike() async throws {
        let accepted = try self.acceptedBodies()
        #expect(accepted.count >= 80)
        var mismatches = 0
        for body in accepted {
            if let what = LenienceCheck.finding(in: body.forwarded) { Issue.record("\(body.name): \(what)") }
            for reader in ForeignReader.foundation {
                mismatches += self.compare(
                    body, reader.read(body.received), reader.read(body.forwarded), by: reader.name)
            }
        }
        var readers = ForeignReader.foundation.map(\.name)
        for reader in BatchReader.all {
            let texts = accepted.flatMap { [$0.received, $0.forwarded] }
            guard let answers = try await reader.read(.json, texts) else {
                print("differential: \(reader.name) is not installed, skipped")
                continue
            }
            readers.append(reader.name)
            for (index, body) in accepted.enumerated() {
                mismatches += self.compare(
                    body, ForeignValue(answer: answers[2 * index]), ForeignValue(answer: answers[2 * index + 1]),
                    by: reader.name)
            }
        }
        let bodies = try Corpus.bodies.get().count
        let targets = try Corpus.targets.get().count
        print(
            """
            differential: \(bodies) bodies and \(targets) targets; \(accepted.count) accepted bodies with the examples, \
            mismatches \(mismatches), read alike by \(readers.joined(separator: ", "))
            """)
    }

    /// Why a strict reader is needed: how many of the bodies that are no JSON of ours other readers take.
    @Test func otherReadersTakeWhatIsRefused() async throws {
        let refused = try Corpus.bodies.get().map(\.line).filter { line in
            JSONError.Reason(rawValue: line.expected.code) != nil && line.bytes.count < 65_536
        }
        var counts = ForeignReader.foundation.map { reader in
            (reader.name, refused.count { reader.read($0.bytes) != nil })
        }
        for reader in BatchReader.all {
            guard let answers = try await reader.read(.json, refused.map(\.bytes)) else { continue }
            counts.append((reader.name, answers.count { $0 != "-" }))
        }
        print(
            "differential: of \(refused.count) bodies that are no strict JSON are taken "
                + counts.map { "by \($0.0) \($0.1)" }.joined(separator: ", "))
        #expect(counts.allSatisfy { $0.1 > 0 }, "a reader that refuses all of them was not asked")
    }

    @Test(arguments: WrongForwarder.all)
    func aWrongForwarderIsFound(_ wrong: WrongForwarder) throws {
        let roundTrip = RoundTrip(forwarder: wrong.forwarder)
        let found = try Corpus.bodies.get().contains { body in
            let line = body.line
            guard line.expected.code == "ok", line.bytes.count < 2_000 else { return false }
            if case .mismatch = roundTrip.result(body.kind, line.bytes, line.version) { return true }
            return false
        }
        #expect(found)
    }

    // MARK: Accepted bodies

    private func acceptedBodies() throws -> [AcceptedBody] {
        var bodies: [AcceptedBody] = []
        for body in try Corpus.bodies.get() where body.line.expected.code == "ok" {
            let line = body.line
            if case .accepted(let result) = RoundTrip().result(body.kind, line.bytes, line.version) {
                bodies.append(
                    AcceptedBody(
                        name: line.description, kind: body.kind, received: line.bytes, forwarded: result.forwarded))
            }
        }
        for example in try ExampleBodies.all() {
            guard case .accepted(let result) = RoundTrip().result(example.kind, example.bytes, example.version) else {
                Issue.record("\(example.name) is refused")
                continue
            }
            bodies.append(
                AcceptedBody(
                    name: example.name, kind: example.kind, received: example.bytes, forwarded: result.forwarded))
        }
        return bodies
    }

    /// - Returns: how many mismatches.
    private func compare(
        _ body: AcceptedBody, _ received: ForeignValue?, _ forwarded: ForeignValue?, by reader: String
    ) -> Int {
        guard let received, let forwarded else {
            Issue.record(
                "\(body.name): \(reader) refuses \(received == nil ? "what was received" : "what is forwarded")")
            return 1
        }
        if let what = BodyMeaning.difference(body.kind, received: received, forwarded: forwarded) {
            Issue.record("\(body.name): \(what) differs for \(reader)")
            return 1
        }
        return 0
    }
}
