import ARMSimulator
import Foundation
import GatewayTestSupport

/// What a gateway is started from: its policies and its configuration.
extension LocalStack {
    static func writeBundle(_ options: Options, into directory: TestDirectory) throws {
        let files = FileManager.default
        for folder in ["policies/rules", "policies/scripts"] {
            try files.createDirectory(
                at: directory.url.appendingPathComponent(folder), withIntermediateDirectories: true)
        }
        try directory.write("name: test\nrevision: \"1\"\n", as: "policies/bundle.yaml")
        try directory.write(options.rules, as: "policies/rules/test.yaml")
        var catalog = "scripts:\n"
        for (name, text) in options.scripts.merging(["hello": Self.helloScript], uniquingKeysWith: { a, _ in a }) {
            try directory.write(text + "\n", as: "policies/scripts/\(name).sh")
            catalog += """
                  \(name):
                    file: \(name).sh
                    commandId: RunShellScript
                    parameters:
                      word: {pattern: "[ -~]{1,80}"}
                    protectedParameters:
                      token: {}

                """
        }
        try directory.write(catalog, as: "policies/scripts/catalog.yaml")
    }

    static func configuration(_ options: Options, _ ports: Simulator.Ports) -> String {
        let authority = "https://localhost:\(ports.https)/"
        let credential =
            options.credential
                ?? """
                {type: clientSecret, tenant: \(Self.tenant), clientID: 44444444-0000-0000-0000-000000000001, \
                clientSecretFile: client-secret, authority: "\(authority)", trustRoots: authority.pem, \
                resource: "https://management.azure.com"}
                """
        let clients =
            options.clientCertificates == "none"
            ? "" : ", clientCertificates: \(options.clientCertificates), clientTrustRoots: clients.pem"
        return """
            listener:
              host: 127.0.0.1
              port: 0
              publicURL: https://gateway.test
              tls: {certificateChain: tls.crt, privateKey: tls.key\(clients)}
              limits: \(options.limits)
            management: {host: 127.0.0.1, port: 0}
            identity:
              tokenIssuers:
                - issuer: https://sts.windows.net/\(Self.tenant)/
                  tenant: \(Self.tenant)
                  audiences: ["https://management.azure.com", "https://management.azure.com/"]
                  jwks: \(options.jwks ?? "https://localhost:\(ports.https)/\(Self.tenant)/discovery/v2.0/keys")
                  trustRoots: authority.pem
            upstream:
              endpoint: "https://localhost:\(options.upstreamPort ?? ports.https)"
              trustRoots: \(options.upstreamTrustRoots)
              deadlineSeconds: \(options.deadlineSeconds)
              credential: \(credential)
            policy: {bundle: policies}
            audit: \(options.audit)
            shutdownSeconds: 5
            """
    }
}
