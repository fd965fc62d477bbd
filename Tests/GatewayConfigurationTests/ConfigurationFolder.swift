import Foundation
import GatewayConfiguration
import Testing
import YAMLReading

/// A folder with every file that a configuration names, removed at the end of the test that made it.
final class ConfigurationFolder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("sallyport-\(UUID().uuidString)").path
        for folder in ["tls", "policies"] {
            try FileManager.default.createDirectory(atPath: "\(path)/\(folder)", withIntermediateDirectories: true)
        }
        let files = [
            "tls/tls.crt", "tls/tls.key", "tls/clients.pem", "issuer-ca.pem", "upstream-ca.pem", "authority-ca.pem",
            "secret",
            "jwks.json", "token",
        ]
        for file in files { try Data("x".utf8).write(to: URL(fileURLWithPath: "\(path)/\(file)")) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Loads text in which `/etc/sallyport` stands for this folder.
    func load(
        _ text: String, environment: [String: String] = [:]
    ) -> Result<ConfigurationFile.Loaded, ConfigurationFile.Refused> {
        ConfigurationFile.load(
            text: text.replacingOccurrences(of: "/etc/sallyport", with: path), file: "sallyport.yaml", folder: path,
            environment: environment.mapValues { $0.replacingOccurrences(of: "/etc/sallyport", with: path) })
    }

    /// Loads text that must be accepted.
    func accept(
        _ text: String, environment: [String: String] = [:], location: SourceLocation = #_sourceLocation
    ) throws -> ConfigurationFile.Loaded {
        let result = load(text, environment: environment)
        if case .failure(let refused) = result { Issue.record("\(refused.problems)", sourceLocation: location) }
        return try result.get()
    }

    /// The problems of text that must be refused, as they are printed.
    func refuse(_ text: String, environment: [String: String] = [:]) -> [String] {
        switch load(text, environment: environment) {
        case .success: return []
        case .failure(let refused): return refused.problems.map(\.description)
        }
    }

    /// What every configuration needs, with one line of it replaced and more after it.
    static func minimal(replacing line: String = "", by replacement: String = "", adding more: String = "") -> String {
        let text = """
            listener:
              publicURL: https://run.contoso.example
              tls: {certificateChain: tls/tls.crt, privateKey: tls/tls.key}
            identity:
              tokenIssuers:
                - issuer: https://sts.windows.net/T/
                  tenant: T
                  audiences: [https://management.azure.com/]
                  jwks: jwks.json
            upstream:
              credential: {type: managedIdentity}
            policy: {bundle: policies}

            """
        return (line.isEmpty ? text : text.replacingOccurrences(of: line, with: replacement)) + more
    }
}

/// The repository's root, found from this file.
let repositoryRoot = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
