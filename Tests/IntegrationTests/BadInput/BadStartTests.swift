import Foundation
import GatewayConfiguration
import GatewayServer
import GatewayTestSupport
import Testing

/// What keeps a gateway from starting: told whole, nothing bound, nothing left behind that keeps the next start off.
@Suite struct BadStartTests {
    struct Case: Sendable {
        var name: String
        /// Breaks a file or an option.
        var spoil: @Sendable (LocalStack.Surroundings, inout LocalStack.Options) throws -> Void
        /// What the text for the operator must name.
        var names: String
    }

    static let cases: [Case] = [
        Case(
            name: "no bundle",
            spoil: { surroundings, _ in
                try FileManager.default.removeItem(atPath: surroundings.directory.path("policies"))
            }, names: "policy.bundle"),
        Case(
            name: "empty bundle",
            spoil: { surroundings, _ in
                try FileManager.default.removeItem(atPath: surroundings.directory.path("policies"))
                try FileManager.default.createDirectory(
                    atPath: surroundings.directory.path("policies"), withIntermediateDirectories: true)
            }, names: "bundle.yaml"),
        Case(
            name: "a file in place of the bundle",
            spoil: { surroundings, _ in
                try FileManager.default.removeItem(atPath: surroundings.directory.path("policies"))
                try surroundings.directory.write("rules: []", as: "policies")
            }, names: "policy.bundle"),
        Case(
            name: "broken rules",
            spoil: { surroundings, _ in
                try surroundings.directory.write("rules:\n  - id: [", as: "policies/rules/test.yaml")
            }, names: "test.yaml"),
        Case(
            name: "unknown key in a rule",
            spoil: { surroundings, _ in
                try surroundings.directory.write(
                    LocalStack.Options.standardRules.replacing("storedSecrets", with: "storedSecret"),
                    as: "policies/rules/test.yaml")
            }, names: "storedSecret"),
        Case(
            name: "key of a later version",
            spoil: { surroundings, _ in
                try surroundings.directory.write(
                    LocalStack.Options.standardRules.replacing("storedSecrets: true", with: "mode: shadow"),
                    as: "policies/rules/test.yaml")
            }, names: "mode"),
        Case(
            name: "script missing from the catalogue",
            spoil: { surroundings, _ in
                try FileManager.default.removeItem(atPath: surroundings.directory.path("policies/scripts/hello.sh"))
            }, names: "catalog.yaml:3"),
        Case(
            name: "certificate that is none",
            spoil: { surroundings, _ in
                try surroundings.directory.write("nothing", as: "tls.crt")
            }, names: "tls.crt"),
        Case(
            name: "key of another certificate",
            spoil: { surroundings, _ in
                try surroundings.directory.write(try surroundings.authority.issueServer().privateKeyPEM, as: "tls.key")
            }, names: "tls.key"),
        Case(
            name: "trust roots that are none",
            spoil: { surroundings, options in
                options.clientCertificates = "required"
                try surroundings.directory.write("nothing", as: "clients.pem")
            }, names: "clients.pem"),
        Case(
            name: "fingerprint key of a wrong length",
            spoil: { surroundings, _ in
                try surroundings.directory.write("short", as: "fingerprint.key")
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o600], ofItemAtPath: surroundings.directory.path("fingerprint.key"))
            }, names: "fingerprint.key"),
        Case(
            name: "signing key open to others",
            spoil: { surroundings, _ in
                try surroundings.directory.write(String(repeating: "k", count: 32), as: "checkpoint.key")
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o644], ofItemAtPath: surroundings.directory.path("checkpoint.key"))
            }, names: "checkpoint.key"),
        Case(
            name: "a database of something else",
            spoil: { surroundings, _ in
                try surroundings.directory.write(String(repeating: "not a database ", count: 400), as: "audit.sqlite")
            }, names: "audit.sqlite"),
        Case(
            name: "a folder in place of the database",
            spoil: { surroundings, _ in
                try FileManager.default.createDirectory(
                    atPath: surroundings.directory.path("audit.sqlite"), withIntermediateDirectories: true)
            }, names: "audit.sqlite"),
    ]

    @Test(arguments: cases.indices)
    func aGatewayThatCannotServeDoesNotStart(_ index: Int) async throws {
        let bad = Self.cases[index]
        try await LocalStack.Surroundings.with { surroundings in
            var options = LocalStack.Options()
            try bad.spoil(surroundings, &options)
            do {
                _ = try surroundings.makeGateway(options)
                Issue.record("\(bad.name): it started")
            } catch let refused as ConfigurationFile.Refused {
                #expect(refused.problems.contains { "\($0)".contains(bad.names) }, "\(bad.name): \(refused.problems)")
            } catch {
                #expect("\(error)".contains(bad.names), "\(bad.name): \(error)")
            }
        }
    }

    /// A start that failed late, with the record open already, leaves nothing locked.
    @Test func theNextStartWorks() async throws {
        try await LocalStack.Surroundings.with { surroundings in
            let chain = try surroundings.authority.issueServer()
            try surroundings.directory.write("nothing", as: "tls.crt")
            #expect(throws: (any Error).self) { _ = try surroundings.makeGateway() }
            try surroundings.directory.write(try chain.certificatePEM, as: "tls.crt")
            try surroundings.directory.write(chain.privateKeyPEM, as: "tls.key")
            // The record's file is let go on its writer's own thread.
            var made: GatewayServer?
            let isMade = try await LocalStack.eventually {
                made = try? surroundings.makeGateway()
                return made != nil
            }
            #expect(isMade)
            try await surroundings.withGateway(made: made) { stack in
                let readiness = try await stack.management("/readyz")
                #expect(readiness.status == 200)
            }
        }
    }

    @Test func twoGatewaysNeverShareARecord() async throws {
        try await LocalStack.Surroundings.with { surroundings in
            try await surroundings.withGateway { _ in
                #expect(throws: (any Error).self) { _ = try surroundings.makeGateway() }
            }
        }
    }

    @Test func everyProblemOfAConfigurationIsToldAtOnce() throws {
        let directory = try TestDirectory()
        let file = try directory.write(
            """
            listener:
              port: 70000
              publicURL: http://gateway.test
              tsl: {}
            identity:
              tokenIssuers: []
            upstream:
              endpoint: https://localhost
              credential: {type: password}
            policy: {bundle: missing}
            """, as: "sallyport.yaml")
        switch ConfigurationFile.load(path: file, environment: [:]) {
        case .success: Issue.record("it loaded")
        case .failure(let refused):
            let texts = refused.problems.map { "\($0)" }
            for name in ["port", "publicURL", "tsl", "type"] {
                #expect(texts.contains { $0.contains(name) && $0.contains("sallyport.yaml:") }, "\(name): \(texts)")
            }
        }
    }
}
