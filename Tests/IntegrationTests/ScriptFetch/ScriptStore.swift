import GatewayConfiguration
import GatewayServer
import GatewayTestSupport
import ScriptFetching
import Synchronization

/// A file server for scripts, over TLS on loopback, and a gateway that may fetch from it by a name of its own.
struct ScriptStore: Sendable {
    /// Resolves to the server, which has a certificate for it.
    static let host = "scripts.example.com"
    /// Resolves to the server, which has no certificate for it.
    static let foreignHost = "foreign.example.com"
    /// Resolves to an address inside a network.
    static let insideHost = "inside.example.com"
    /// Resolves to the server, and no rule lists it.
    static let unlistedHost = "unlisted.example.com"

    let stack: LocalStack
    let server: AnsweringUpstream
    let log: CapturedLog
    let names: Names

    /// The names that were looked up.
    final class Names: Sendable {
        private let names = Mutex<[String]>([])
        var asked: [String] { self.names.withLock { $0 } }
        fileprivate func append(_ name: String) { self.names.withLock { $0.append(name) } }
    }

    static let mode = """
            scriptURIs: {mode: inline, hosts: [\(Self.host), \(Self.foreignHost), \(Self.insideHost)], maximumBytes: 4096}
        """

    /// One rule for managed commands of instances.
    /// - Parameter more: further keys of the rule, a line each.
    static func rules(_ more: String = Self.mode) -> String {
        """
        rules:
          - id: test-keep
            effect: allow
            principals: [user:\(LocalStack.operatorID)]
            operations: [create, update, read]
            targets:
              - {subscription: \(LocalStack.subscription), resourceGroup: "rg-*", scaleSet: "*", instance: "*"}
            commands: [{script: hello}]
            storedSecrets: true
            limits: {timeoutSeconds: 600}
        \(more)
        """
    }

    static func with(
        rules: String = Self.rules(), answer: @escaping AnsweringUpstream.Script,
        _ body: @Sendable (ScriptStore) async throws -> Void
    ) async throws {
        let log = CapturedLog()
        let names = Names()
        var options = LocalStack.Options()
        options.rules = rules
        options.logger = log.logger
        let settled = options
        try await LocalStack.Surroundings.with(settled) { surroundings in
            let identity = try surroundings.authority.issueServer(dnsNames: [Self.host])
            try await AnsweringUpstream.with(identity, script: answer) { server in
                let resolver = HostResolver { name in
                    names.append(name)
                    return [IPAddress(name == Self.insideHost ? "10.0.0.4" : "127.0.0.1")].compactMap(\.self)
                }
                let file = try surroundings.directory.write(
                    LocalStack.configuration(settled, surroundings.ports), as: "sallyport.yaml")
                let gateway = try GatewayServer(
                    ConfigurationFile.load(path: file, environment: [:]).get(), configurationDigest: "test",
                    logger: log.logger,
                    scripts: ScriptFetcherConfiguration(
                        trustRoots: .pem(try surroundings.authority.certificatePEM), allowsLoopback: true,
                        resolver: resolver, connectsToPort: server.port))
                try await surroundings.withGateway(settled, made: gateway) { stack in
                    try await body(ScriptStore(stack: stack, server: server, log: log, names: names))
                }
            }
        }
    }

    /// A creation or update whose script is at an address.
    func send(
        _ method: String, host: String = Self.host, path: String, query: String, name: String = "report",
        version: String = "2024-11-01"
    ) async throws -> LocalStack.Answer {
        let location = method == "PUT" ? #""location":"westeurope","# : ""
        let source = #"{"scriptUri":"https://\#(host)\#(path)?\#(query)"}"#
        return try await self.stack.call(
            method, LocalStack.instance(name, version: version),
            body:
                #"{\#(location)"properties":{"source":\#(source),"parameters":[{"name":"word","value":"\#(method)"}]}}"#,
            token: try self.stack.token())
    }
}
