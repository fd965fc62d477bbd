import Foundation
import GatewayTestSupport

/// A configuration and a policy bundle that are in order, to be spoilt by a test.
final class ConfigurationFixture {
    let directory: TestDirectory
    var path: String { self.directory.path("sallyport.yaml") }
    var policies: String { self.directory.path("policies") }

    init(managementPort: Int = 9090) throws {
        self.directory = try TestDirectory()
        for folder in ["policies/rules", "policies/scripts"] {
            try FileManager.default.createDirectory(
                atPath: self.directory.path(folder), withIntermediateDirectories: true)
        }
        for file in ["tls.crt", "tls.key", "jwks.json"] { try self.directory.write("x", as: file) }
        try self.configure(managementPort: managementPort)
        try self.directory.write("name: test\nrevision: \"1\"\n", as: "policies/bundle.yaml")
        try self.directory.write("#!/bin/bash\ndf -h\n\n", as: "policies/scripts/report.sh")
        try self.directory.write(
            "scripts:\n  report:\n    file: report.sh\n    commandId: RunShellScript\n",
            as: "policies/scripts/catalog.yaml")
        try self.rule()
    }

    /// - Parameter more: lines at the end of the file.
    func configure(managementPort: Int = 9090, more: String = "") throws {
        try self.directory.write(
            """
            listener:
              publicURL: https://run.contoso.example
              tls: {certificateChain: tls.crt, privateKey: tls.key}
            management: {host: 127.0.0.1, port: \(managementPort)}
            identity:
              tokenIssuers:
                - {issuer: https://sts.example/T/, tenant: T, audiences: [https://management.azure.com/], jwks: jwks.json}
            upstream: {credential: {type: managedIdentity}}
            policy: {bundle: policies}
            \(more)
            """, as: "sallyport.yaml")
    }

    func rule(effect: String = "allow", more: String = "") throws {
        try self.directory.write(
            """
            rules:
              - id: web
                effect: \(effect)
                principals: [any]
                operations: [run]
                targets: [{subscription: "*", resourceGroup: rg, virtualMachine: "*"}]
                commands: [{script: report}]
                limits: {timeoutSeconds: 5400}
            \(more)
            """, as: "policies/rules/web.yaml")
    }
}
