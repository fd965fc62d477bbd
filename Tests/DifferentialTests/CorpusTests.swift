import ARMModel
import Foundation
import StrictJSON
import Testing

/// Hostile bodies and targets: each refused as its line says, and each accepted one taken alike by every reader.
@Suite struct CorpusTests {
    private static let files: [(name: String, kind: BodyKind)] = [
        ("bodies-action.txt", .action), ("bodies-update.txt", .update),
    ]

    /// A body that is accepted, as received and as forwarded.
    private struct AcceptedBody {
        var name: String
        var kind: BodyKind
        var received: [UInt8]
        var forwarded: [UInt8]
    }

    @Test(arguments: files.map(\.name))
    func eachBodyIsTakenAsItsLineSays(_ file: String) throws {
        let kind: BodyKind = file == "bodies-action.txt" ? .action : .update
        for line in try Corpus.cases(file) {
            let verdict: Verdict =
                switch RoundTrip().result(kind, line.bytes, line.version) {
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
                mismatches += self.compare(body, reader.read(body.received), reader.read(body.forwarded), by: reader.name)
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
        let refused = try Self.files.flatMap { try Corpus.cases($0.name) }.filter { $0.expected.code != "ok" }
        let targets = try Corpus.cases("targets.txt").count
        print(
            """
            differential: \(accepted.count) accepted and \(refused.count) refused bodies, \(targets) targets, \
            mismatches \(mismatches), read alike by \(readers.joined(separator: ", "))
            """)
    }

    /// Why a strict reader is needed: how many of the bodies that are no JSON of ours other readers take.
    @Test func otherReadersTakeWhatIsRefused() async throws {
        let refused = try Self.files.flatMap { try Corpus.cases($0.name) }
            .filter { $0.expected.code.first?.isLowercase == true && $0.expected.code != "ok" && $0.bytes.count < 65_536 }
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
        let found = try Self.files.contains { file in
            try Corpus.cases(file.name).contains { line in
                if case .mismatch = roundTrip.result(file.kind, line.bytes, line.version) { true } else { false }
            }
        }
        #expect(found)
    }

    // MARK: Accepted bodies

    private func acceptedBodies() throws -> [AcceptedBody] {
        var bodies: [AcceptedBody] = []
        for file in Self.files {
            for line in try Corpus.cases(file.name) where line.expected.code == "ok" {
                if case .accepted(let result) = RoundTrip().result(file.kind, line.bytes, line.version) {
                    bodies.append(
                        AcceptedBody(
                            name: line.description, kind: file.kind, received: line.bytes,
                            forwarded: result.forwarded))
                }
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
            Issue.record("\(body.name): \(reader) refuses \(received == nil ? "what was received" : "what is forwarded")")
            return 1
        }
        if let what = BodyMeaning.difference(body.kind, received: received, forwarded: forwarded) {
            Issue.record("\(body.name): \(what) differs for \(reader)")
            return 1
        }
        return 0
    }
}
