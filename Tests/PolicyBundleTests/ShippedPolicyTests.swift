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

    @Test func caseThatDiffersSaysHow() throws {
        let policy = try PolicyBundle.load(directory: Self.directory).policy
        var one = try #require(try PolicyCaseReader.read(directory: Self.directory).first)
        one.expectation = PolicyCase.Expectation(
            effect: .deny, rule: "other", reason: "NoRule", timeoutSeconds: 5)
        #expect(one.failures(against: policy).count == 4)
    }
}
