import Foundation
import Testing
import YAMLReading

@testable import GatewayConfiguration

/// The configuration that the documents show is the configuration that is read.
@Suite struct ContractExampleTests {
    let folder: ConfigurationFolder
    let example: String

    init() throws {
        folder = try ConfigurationFolder()
        example = try String(
            contentsOf: repositoryRoot.appendingPathComponent("docs/sallyport.example.yaml"), encoding: .utf8)
    }

    @Test func exampleLoadsWithoutWarnings() throws {
        let loaded = try folder.accept(example)
        #expect(loaded.warnings == [])
        let configuration = loaded.configuration
        #expect(configuration.listener.publicURL.origin == "https://run.contoso.example")
        #expect(configuration.identity.tokenIssuers.map(\.audiences.count) == [4, 1])
        #expect(configuration.identity.tokenIssuers[0].algorithms == [.rs256])
        #expect(configuration.identity.tokenIssuers[1].algorithms == [])
        #expect(
            configuration.upstream.credential.kind
                == .managedIdentity(.clientID("22222222-2222-2222-2222-222222222222")))
        #expect(configuration.upstream.trustRoots == "\(folder.path)/upstream-ca.pem")
        #expect(configuration.retry.unknownHoldSeconds == 1800)
    }

    /// What stands in the example and in the file that it was written from is what a configuration has without it.
    @Test func exampleShowsTheDefaults() throws {
        let shown = try folder.accept(example).configuration
        let bare = try folder.accept(ConfigurationFolder.minimal()).configuration
        #expect(shown.listener.limits == bare.listener.limits)
        #expect(shown.listener.host == bare.listener.host)
        #expect(shown.listener.port == bare.listener.port)
        #expect(shown.listener.tls.clientCertificates == bare.listener.tls.clientCertificates)
        #expect(shown.management == bare.management)
        #expect(shown.identity.clockSkewSeconds == bare.identity.clockSkewSeconds)
        #expect(shown.identity.metadata == bare.identity.metadata)
        #expect(shown.identity.tokenIssuers[0].requiredScopes == bare.identity.tokenIssuers[0].requiredScopes)
        #expect(shown.upstream.endpoint == bare.upstream.endpoint)
        #expect(shown.upstream.deadlineSeconds == bare.upstream.deadlineSeconds)
        #expect(shown.upstream.idleSeconds == bare.upstream.idleSeconds)
        #expect(shown.upstream.connections == bare.upstream.connections)
        #expect(shown.upstream.credential.authority == bare.upstream.credential.authority)
        #expect(shown.upstream.credential.resource == bare.upstream.credential.resource)
        #expect(shown.audit == bare.audit)
        #expect(shown.retry == bare.retry)
        #expect(shown.shutdownSeconds == bare.shutdownSeconds)
        #expect(shown.logging == bare.logging)
    }

    @Test func documentedKeysAreTheKeysRead() throws {
        let problems = Problems()
        let document = try #require(YAMLDocument.read(text: example, file: "example", into: problems))
        var documented = Self.keys(of: document)
        // One identity is named at a time; the comment beside it names the other two.
        documented.formUnion(["upstream.credential.objectID", "upstream.credential.resourceID"])
        let read = ConfigurationFile.keysRead(text: example, environment: [:])
        #expect(read.subtracting(documented).sorted() == [])
        #expect(documented.subtracting(read).sorted() == [])
    }

    /// Every scalar outside a list's elements can be set by its variable, and the value arrives.
    @Test func everyDocumentedScalarCanBeSetByTheEnvironment() throws {
        let problems = Problems()
        let document = try #require(YAMLDocument.read(text: example, file: "example", into: problems))
        let overlay = EnvironmentOverlay(prefix: "SALLYPORT", environment: [:])
        for key in Self.scalarKeys(of: document) {
            let name = overlay.variable(path: key.split(separator: ".").map(String.init))
            // A value that no key accepts: the problem names the variable if, and only if, it is read.
            let refused = folder.refuse(example, environment: [name: ""])
            #expect(refused.contains { $0.hasPrefix("\(name): ") }, "\(name)")
        }
    }

    private static func keys(of node: YAMLNode, path: String = "") -> Set<String> {
        switch node.content {
        case .scalar: return []
        case .sequence(let elements): return elements.reduce(into: []) { $0.formUnion(keys(of: $1, path: path + "[]")) }
        case .mapping(let members):
            return members.reduce(into: []) { result, member in
                let name = path.isEmpty ? member.key : "\(path).\(member.key)"
                result.insert(name)
                result.formUnion(keys(of: member.value, path: name))
            }
        }
    }

    private static func scalarKeys(of node: YAMLNode, path: String = "") -> [String] {
        guard case .mapping(let members) = node.content else { return [] }
        return members.flatMap { member -> [String] in
            let name = path.isEmpty ? member.key : "\(path).\(member.key)"
            if case .scalar = member.value.content { return [name] }
            return scalarKeys(of: member.value, path: name)
        }
    }
}
