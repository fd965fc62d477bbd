import Foundation
import PolicyBundle
import PolicyCore
import Testing
import YAMLReading

/// The bundle that ships: it loads without a word, and its own cases hold.
@Suite struct ShippedPolicyTests {
    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("policies").path

    @Test func loadsWithoutWarnings() throws {
        let bundle = try PolicyBundle.load(directory: Self.directory)
        #expect(bundle.name == "sample")
        #expect(bundle.digest.utf8.count == 64)
        #expect(bundle.warnings.isEmpty)
        #expect(bundle.policy.rules.count == 10)
        #expect(bundle.policy.digest == bundle.digest)
    }

    @Test func casesHold() throws {
        let policy = try PolicyBundle.load(directory: Self.directory).policy
        let cases = try PolicyCaseReader.read(directory: Self.directory)
        #expect(cases.count >= 40)
        for one in cases {
            let failures = one.failures(against: policy)
            #expect(failures.isEmpty, "\(one.mark.file):\(one.mark.line ?? 0) \(one.name)")
        }
        // Every rule is reached by a case, so that none can be lost unnoticed.
        let expected = Set(cases.compactMap(\.expectation.rule))
        #expect(Set(policy.rules.map(\.id)).subtracting(expected).isEmpty)
    }

    /// The rule that the manual shows loads beside the shipped ones, and its cases hold.
    @Test func rulesOfTheManualHold() throws {
        let manual = URL(fileURLWithPath: Self.directory).deletingLastPathComponent()
            .appendingPathComponent("docs/scripts-by-address.md")
        let text = try String(contentsOf: manual, encoding: .utf8)
        let blocks = text.components(separatedBy: "```yaml\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(blocks.count == 2)
        let copy = NSTemporaryDirectory() + "manual-" + UUID().uuidString
        try FileManager.default.copyItem(atPath: Self.directory, toPath: copy)
        defer { try? FileManager.default.removeItem(atPath: copy) }
        for (name, block) in zip(["rules/manual.yaml", "tests/manual.yaml"], blocks) {
            try Data(block.utf8).write(to: URL(fileURLWithPath: copy + "/" + name))
        }
        let bundle = try PolicyBundle.load(directory: copy)
        #expect(bundle.warnings.isEmpty)
        let rule = try #require(bundle.policy.rules.first { $0.id == "web-scripts" })
        #expect(rule.scriptAddresses?.maximumBytes == 65_536)
        let cases = try PolicyCaseReader.read(directory: copy).filter { $0.mark.file.hasSuffix("tests/manual.yaml") }
        #expect(cases.count == 2)
        for one in cases { #expect(one.failures(against: bundle.policy).isEmpty, "\(one.name)") }
    }

    @Test func caseThatDiffersSaysHow() throws {
        let policy = try PolicyBundle.load(directory: Self.directory).policy
        var one = try #require(try PolicyCaseReader.read(directory: Self.directory).first)
        one.expectation = PolicyCase.Expectation(
            effect: .deny, rule: "other", reason: "NoRule", timeoutSeconds: 5)
        #expect(one.failures(against: policy).count == 4)
    }
}
