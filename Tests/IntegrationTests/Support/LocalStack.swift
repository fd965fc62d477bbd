import ARMSimulator
import AsyncHTTPClient
import GatewayServer
import GatewayTestSupport
import Logging

/// A simulator and a gateway in front of it, both real and over TLS, in one process on free ports.
struct LocalStack: Sendable {
    static let tenant = "11111111-1111-1111-1111-111111111111"
    static let subscription = "00000000-0000-0000-0000-000000000001"
    static let operatorID = "22222222-0000-0000-0000-000000000001"
    static let clientSecret = "gateway-client-secret"
    static let strangerID = "22222222-0000-0000-0000-0000000000ff"

    let simulator: Simulator
    let simulatorPorts: Simulator.Ports
    let gateway: GatewayServer
    let port: Int
    let managementPort: Int
    let directory: TestDirectory
    let authority: TestAuthority
    let client: HTTPClient
    /// Who signs client certificates that the gateway trusts, where it asks for any.
    let clientAuthority: TestAuthority
    /// Begins an orderly stop of the gateway, as SIGTERM does; returns at once.
    let beginStop: @Sendable () async -> Void

    var database: String { self.directory.path("audit.sqlite") }
    var base: String { "https://localhost:\(self.port)" }

    struct Options: Sendable {
        /// Text of `rules/test.yaml`.
        var rules = Self.standardRules
        /// `audit`, as YAML.
        var audit = "{database: audit.sqlite, signingKey: checkpoint.key, fingerprintKey: fingerprint.key}"
        /// `listener.limits`, as YAML.
        var limits = "{}"
        var deadlineSeconds = 5
        var simulator: (@Sendable (inout SimulatorConfiguration) -> Void)?
        /// Files of an earlier run to start from, by path.
        var directory: TestDirectory?
        /// `none`, `optional` or `required`.
        var clientCertificates = "none"
        /// Where the key set is; the simulator's if nil.
        var jwks: String?
        /// Further approved scripts by name; each takes a plain `word` and a protected `token`.
        var scripts: [String: String] = [:]
        /// Where the gateway's own log goes; nowhere if nil.
        var logger: Logger?
        /// Of the upstream's certificate; the authority that signed the simulator's if nil.
        var upstreamTrustRoots = "authority.pem"
        /// `upstream.credential`, as YAML; the client secret if nil.
        var credential: String?
        /// Where the upstream listens; the simulator's port if nil.
        var upstreamPort: Int?

        static let standardRules = """
            rules:
              - id: test-run
                effect: allow
                principals: [user:\(LocalStack.operatorID)]
                operations: [run, read]
                targets:
                  - {subscription: \(LocalStack.subscription), resourceGroup: "rg-*", virtualMachine: "*"}
                  - {subscription: \(LocalStack.subscription), resourceGroup: "rg-*", scaleSet: "*", instance: "*"}
                commands:
                  - {script: hello}
                  - {builtIn: ifconfig}
              - id: test-update
                effect: allow
                principals: [user:\(LocalStack.operatorID)]
                operations: [update]
                targets:
                  - {subscription: \(LocalStack.subscription), resourceGroup: "rg-*", scaleSet: "*", instance: "*"}
                commands: [{script: hello}]
                storedSecrets: true
                runAs: [default, svc]
                limits: {timeoutSeconds: 600}
                outputBlobs: ["https://logs.blob.core.windows.net/run/*"]
                errorBlobs: ["https://logs.blob.core.windows.net/run/*"]
            """
    }

    /// The approved script: greets, and shows what it was given.
    static let helloScript = "echo \"hello ${1:-$word}\"\necho oops >&2"

    @discardableResult
    static func withRunning<Result: Sendable>(
        _ options: Options = Options(), _ body: @Sendable (LocalStack) async throws -> Result
    ) async throws -> Result {
        try await Surroundings.with(options) { try await $0.withGateway(options, body) }
    }
}

struct Unexpected: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
