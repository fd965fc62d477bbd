import ARMSimulator
import AsyncHTTPClient
import AuditStore
import Foundation
import GatewayConfiguration
import GatewayServer
import GatewayTestSupport
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import ServiceLifecycle
import StrictJSON

/// A simulator and a gateway in front of it, both real and over TLS, in one process on free ports.
struct LocalStack: Sendable {
    static let tenant = "11111111-1111-1111-1111-111111111111"
    static let subscription = "00000000-0000-0000-0000-000000000001"
    static let operatorID = "22222222-0000-0000-0000-000000000001"
    static let strangerID = "22222222-0000-0000-0000-0000000000ff"

    let simulator: Simulator
    let simulatorPorts: Simulator.Ports
    let gateway: GatewayServer
    let port: Int
    let managementPort: Int
    let directory: TestDirectory
    let authority: TestAuthority
    let client: HTTPClient

    var database: String { self.directory.path("audit.sqlite") }
    var base: String { "https://localhost:\(self.port)" }

    struct Options: Sendable {
        /// Text of `rules/test.yaml`.
        var rules = Self.standardRules
        /// Laid over the configuration: whole top-level sections by name.
        var audit = "{database: audit.sqlite, signingKey: checkpoint.key, fingerprintKey: fingerprint.key}"
        var limits = "{}"
        var upstream: (@Sendable (Simulator.Ports) -> String)?
        var deadlineSeconds = 5
        var simulator: (@Sendable (inout SimulatorConfiguration) -> Void)?
        /// Files of an earlier run to start from, by path.
        var directory: TestDirectory?

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

    static func withRunning<Result: Sendable>(
        _ options: Options = Options(), _ body: @Sendable (LocalStack) async throws -> Result
    ) async throws -> Result {
        let authority = try TestAuthority()
        let identity = try authority.issueServer()
        var configuration = SimulatorConfiguration(
            certificateChainPEM: try identity.certificatePEM, privateKeyPEM: identity.privateKeyPEM, tenant: Self.tenant)
        configuration.retryAfterSeconds = nil
        configuration.applications = [
            SimulatorApplication(
                clientID: "44444444-0000-0000-0000-000000000001", objectID: "44444444-0000-0000-0000-0000000000aa",
                secret: "gateway-client-secret")
        ]
        options.simulator?(&configuration)
        let directory = try options.directory ?? TestDirectory()
        return try await Simulator.withRunning(configuration) { simulator, ports in
            try directory.write(try authority.certificatePEM, as: "authority.pem")
            try directory.write(try identity.certificatePEM, as: "tls.crt")
            try directory.write(identity.privateKeyPEM, as: "tls.key")
            try directory.write("gateway-client-secret", as: "client-secret")
            try Self.writeBundle(options.rules, into: directory)
            return try await Self.withGateway(options, directory, authority, simulator, ports, body)
        }
    }

    private static func writeBundle(_ rules: String, into directory: TestDirectory) throws {
        let files = FileManager.default
        for folder in ["policies/rules", "policies/scripts"] {
            try files.createDirectory(at: directory.url.appendingPathComponent(folder), withIntermediateDirectories: true)
        }
        try directory.write("name: test\nrevision: \"1\"\n", as: "policies/bundle.yaml")
        try directory.write(rules, as: "policies/rules/test.yaml")
        try directory.write(Self.helloScript + "\n", as: "policies/scripts/hello.sh")
        try directory.write(
            """
            scripts:
              hello:
                file: hello.sh
                commandId: RunShellScript
                parameters:
                  word: {pattern: "[ -~]{1,80}"}
                protectedParameters:
                  token: {}
            """, as: "policies/scripts/catalog.yaml")
    }

    /// Starts a gateway before a running simulator, and stops it in good order afterwards.
    static func withGateway<Result: Sendable>(
        _ options: Options, _ directory: TestDirectory, _ authority: TestAuthority, _ simulator: Simulator,
        _ ports: Simulator.Ports, _ body: @Sendable (LocalStack) async throws -> Result
    ) async throws -> Result {
        let file = try directory.write(Self.configuration(options, ports), as: "sallyport.yaml")
        let loaded = try ConfigurationFile.load(path: file, environment: [:]).get()
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let gateway = try GatewayServer(loaded, configurationDigest: "test", logger: logger)
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(try authority.certificatePEM.utf8)))
        var settings = HTTPClient.Configuration(tlsConfiguration: tls)
        settings.httpVersion = .http1Only
        settings.redirectConfiguration = .disallow
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: Adapter(gateway: gateway))], logger: logger))
        return try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let result: Swift.Result<Result, any Error>
            do {
                let stack = LocalStack(
                    simulator: simulator, simulatorPorts: ports, gateway: gateway,
                    port: try await gateway.boundPort(), managementPort: await gateway.boundManagementPort(),
                    directory: directory, authority: authority, client: client)
                result = .success(try await body(stack))
            } catch {
                result = .failure(error)
            }
            try await client.shutdown()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            return try result.get()
        }
    }

    private struct Adapter: Service {
        let gateway: GatewayServer
        func run() async throws { try await self.gateway.run(signals: []) }
    }

    private static func configuration(_ options: Options, _ ports: Simulator.Ports) -> String {
        let upstream =
            options.upstream?(ports)
            ?? """
            {endpoint: "https://localhost:\(ports.https)", trustRoots: authority.pem, \
            deadlineSeconds: \(options.deadlineSeconds), connections: 64, credential: {type: clientSecret, \
            tenant: \(Self.tenant), clientID: 44444444-0000-0000-0000-000000000001, clientSecretFile: client-secret, \
            authority: "https://localhost:\(ports.https)/", trustRoots: authority.pem, \
            resource: "https://management.azure.com"}}
            """
        return """
            listener:
              host: 127.0.0.1
              port: 0
              publicURL: https://gateway.test
              tls: {certificateChain: tls.crt, privateKey: tls.key}
              limits: \(options.limits)
            management: {host: 127.0.0.1, port: 0}
            identity:
              tokenIssuers:
                - issuer: https://sts.windows.net/\(Self.tenant)/
                  tenant: \(Self.tenant)
                  audiences: ["https://management.azure.com", "https://management.azure.com/"]
                  jwks: https://localhost:\(ports.https)/\(Self.tenant)/discovery/v2.0/keys
                  trustRoots: authority.pem
            upstream: \(upstream)
            policy: {bundle: policies}
            audit: \(options.audit)
            shutdownSeconds: 5
            """
    }

    // MARK: Calling

    struct Answer: Sendable {
        var status: Int
        var headers: [(String, String)]
        var body: [UInt8]

        func header(_ name: String) -> String? {
            self.headers.first { $0.0.lowercased() == name.lowercased() }?.1
        }
        var text: String { String(decoding: self.body, as: UTF8.self) }
        var json: JSONNode? { try? JSONReader.read(self.body, limits: .answer, names: .refuseIdentical) }
        /// `error.code`
        var code: String? { self.json?["error"]?["code"]?.string }
    }

    /// A token of a person, minted by the simulator.
    func token(_ id: String = LocalStack.operatorID, claims: SimulatorJSON = [:]) throws -> String {
        var members: [SimulatorJSON.Member] = [
            .init("oid", .string(id)), .init("scp", "user_impersonation"), .init("sub", .string("sub-" + id)),
            .init("aud", "https://management.azure.com"),
        ]
        for member in claims.members ?? [] {
            members.removeAll { $0.name == member.name }
            members.append(member)
        }
        return try self.simulator.mintToken(claims: .object(members))
    }

    func call(
        _ method: String, _ target: String, body: String? = nil, token: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: self.base + target)
        request.method = .init(rawValue: method)
        if let token { request.headers.add(name: "authorization", value: "Bearer " + token) }
        if body != nil, !headers.contains(where: { $0.0.lowercased() == "content-type" }) {
            request.headers.add(name: "content-type", value: "application/json")
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await self.client.execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        return Answer(
            status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
            body: Array(buffer: bytes))
    }

    /// A link of the gateway's public address as a path on the test's port.
    func path(_ link: String?) throws -> String {
        guard let link, link.hasPrefix("https://gateway.test/") else { throw Unexpected("not a link of ours: \(link ?? "none")") }
        return String(link.dropFirst("https://gateway.test".count))
    }

    /// Polls until the operation is over; both forms.
    func follow(_ link: String?, token: String) async throws -> Answer {
        let path = try self.path(link)
        for _ in 0..<600 {
            let answer = try await self.call("GET", path, token: token)
            let status = answer.json?["status"]?.string
            if answer.status != 202, status != "InProgress" { return answer }
            await Task.yield()
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Unexpected("the operation did not end")
    }

    static func vm(_ name: String, version: String = "2025-04-01", group: String = "rg-web") -> String {
        "/subscriptions/\(Self.subscription)/resourceGroups/\(group)/providers/Microsoft.Compute/virtualMachines/\(name)"
            + "/runCommand?api-version=\(version)"
    }

    static func instance(_ command: String, version: String = "2023-09-01", query: String = "") -> String {
        "/subscriptions/\(Self.subscription)/resourceGroups/rg-web/providers/Microsoft.Compute/virtualMachineScaleSets/"
            + "web/virtualMachines/0/runCommands/\(command)?api-version=\(version)\(query)"
    }

    static func helloBody(_ word: String = "world") -> String {
        let lines = Self.helloScript.split(separator: "\n").map { Self.quoted(String($0)) }.joined(separator: ",")
        return #"{"commandId":"RunShellScript","script":[\#(lines)],"parameters":[{"name":"word","value":\#(Self.quoted(word))}]}"#
    }

    static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.string(text)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    // MARK: The record

    /// Every row so far, parsed.
    func record() throws -> [(index: Int64, event: String, row: JSONNode)] {
        var out: [(index: Int64, event: String, row: JSONNode)] = []
        try AuditReader(path: self.database).forEachRow { row, _ in
            let node = try JSONReader.read(row.canonical, limits: .record)
            out.append((row.index, node["event"]?.string ?? "", node))
        }
        return out
    }
}

struct Unexpected: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}
