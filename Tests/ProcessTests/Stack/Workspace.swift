import Foundation
import GatewayTestSupport

/// The files that a gateway process lives from, in a directory of one test: `etc` (configuration, policies, authority),
/// `tls` (certificate and key) and `state` (record and keys).
struct Workspace: Sendable {
    static let tenant = "11111111-1111-1111-1111-111111111111"
    static let subscription = "00000000-0000-0000-0000-000000000001"
    static let operatorID = "22222222-0000-0000-0000-000000000001"
    /// The approved script.
    static let script = "echo hello"

    /// Where the folders are for the gateway: as on this machine, or where a container has them.
    struct Places: Sendable {
        var etc: String
        var tls: String
        var state: String
    }

    let directory: TestDirectory
    let authority: TestAuthority
    let port: Int
    let managementPort: Int

    init() throws {
        self.directory = try TestDirectory()
        self.authority = try TestAuthority()
        self.port = try FreePort.find()
        self.managementPort = try FreePort.find()
        for folder in ["etc/policies/rules", "etc/policies/scripts", "etc/tls", "tls", "state/keys", "scratch"] {
            try FileManager.default.createDirectory(
                at: self.directory.url.appendingPathComponent(folder), withIntermediateDirectories: true)
        }
        let identity = try self.authority.issueServer()
        try self.directory.write(try self.authority.certificatePEM, as: "etc/authority.pem")
        try self.directory.write(try identity.certificatePEM, as: "tls/tls.crt")
        try self.directory.write(identity.privateKeyPEM, as: "tls/tls.key")
        try self.directory.write("name: test\nrevision: \"1\"\n", as: "etc/policies/bundle.yaml")
        try self.directory.write(Self.rules, as: "etc/policies/rules/test.yaml")
        try self.directory.write(Self.script + "\n", as: "etc/policies/scripts/hello.sh")
        try self.directory.write(
            """
            scripts:
              hello:
                file: hello.sh
                commandId: RunShellScript
                parameters: {word: {pattern: "[ -~]{1,80}"}}
            """, as: "etc/policies/scripts/catalog.yaml")
    }

    var database: String { self.directory.path("state/audit.sqlite") }
    var configurationPath: String { self.directory.path("etc/sallyport.yaml") }
    var requestLog: String { self.directory.path("requests.jsonl") }
    var here: Places {
        Places(etc: self.directory.path("etc"), tls: self.directory.path("tls"), state: self.directory.path("state"))
    }

    /// Writes `etc/sallyport.yaml`.
    /// - Parameter simulatorPort: of the simulator's HTTPS listener.
    func writeConfiguration(simulatorPort: Int, places: Places? = nil) throws {
        let places = places ?? self.here
        try self.directory.write(
            """
            listener:
              host: 127.0.0.1
              port: \(self.port)
              publicURL: https://localhost:\(self.port)
              tls: {certificateChain: \(places.tls)/tls.crt, privateKey: \(places.tls)/tls.key}
            management: {host: 127.0.0.1, port: \(self.managementPort)}
            identity:
              tokenIssuers:
                - issuer: https://sts.windows.net/\(Self.tenant)/
                  tenant: \(Self.tenant)
                  audiences: ["https://management.azure.com", "https://management.azure.com/"]
                  jwks: https://localhost:\(simulatorPort)/\(Self.tenant)/discovery/v2.0/keys
                  trustRoots: \(places.etc)/authority.pem
            upstream:
              endpoint: https://localhost:\(simulatorPort)
              trustRoots: \(places.etc)/authority.pem
              deadlineSeconds: 15
              credential: {type: managedIdentity, resource: "https://management.azure.com/"}
            policy: {bundle: \(places.etc)/policies}
            audit:
              database: \(places.state)/audit.sqlite
              signingKey: \(places.state)/keys/checkpoint.key
              fingerprintKey: \(places.state)/keys/fingerprint.key
              writeSeconds: 30
            logging: {level: notice, format: json}
            shutdownSeconds: 20

            """, as: "etc/sallyport.yaml")
    }

    private static let rules = """
        rules:
          - id: test-run
            effect: allow
            principals: [user:\(Self.operatorID)]
            operations: [run, read]
            targets:
              - {subscription: \(Self.subscription), resourceGroup: "rg-*", virtualMachine: "*"}
              - {subscription: \(Self.subscription), resourceGroup: "rg-*", scaleSet: "*", instance: "*"}
            commands: [{script: hello}]
          - id: test-update
            effect: allow
            principals: [user:\(Self.operatorID)]
            operations: [update]
            targets: [{subscription: \(Self.subscription), resourceGroup: "rg-*", scaleSet: "*", instance: "*"}]
            commands: [{script: hello}]
            storedSecrets: true
            limits: {timeoutSeconds: 600}
        """
}
