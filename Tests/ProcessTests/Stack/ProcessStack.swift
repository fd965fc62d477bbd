import AsyncHTTPClient
import Foundation
import GatewayTestSupport
import NIOCore
import NIOHTTP1
import NIOSSL
import StrictJSON
import Synchronization

/// A simulator process, a place for a gateway process in front of it, and a client of both.
struct ProcessStack: Sendable {
    let workspace: Workspace
    let simulator: ChildProcess
    let simulatorPort: Int
    private let identityPort: Int
    let client: HTTPClient
    private let started: Started

    /// Every process of this stack, to be ended with it.
    private final class Started: Sendable {
        let processes: Mutex<[ChildProcess]> = Mutex([])
    }

    private static let identityHeader = "process-tests"

    /// Starts a simulator that runs nothing and succeeds at once, hands the stack over, and kills every process that
    /// is left when `body` returns or throws.
    static func withRunning<Result: Sendable>(
        places: Workspace.Places? = nil, _ body: @Sendable (ProcessStack) async throws -> Result
    ) async throws -> Result {
        let workspace = try Workspace()
        let readyFile = workspace.directory.path("simulator.ready")
        let simulator = try ChildProcess(
            try BuiltProgram.simulator.path,
            [
                "--port", "0", "--identity-port", "0", "--certificate", workspace.directory.path("tls/tls.crt"),
                "--key", workspace.directory.path("tls/tls.key"), "--tenant", Workspace.tenant,
                "--subscription", Workspace.subscription, "--identity-header", Self.identityHeader,
                "--scratch", workspace.directory.path("scratch"), "--startup-file", readyFile,
                "--request-log", workspace.requestLog, "--instant",
            ], environment: Self.environment, log: workspace.directory.path("simulator"))
        let started = Started()
        started.processes.withLock { $0 = [simulator] }
        defer { for process in started.processes.withLock({ $0 }) { process.killGroup() } }
        let ports = try await Self.ports(readyFile, of: simulator)
        try workspace.writeConfiguration(simulatorPort: ports.https, places: places)
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(
            try NIOSSLCertificate.fromPEMBytes(Array(try workspace.authority.certificatePEM.utf8)))
        var settings = HTTPClient.Configuration(tlsConfiguration: tls)
        settings.httpVersion = .http1Only
        settings.redirectConfiguration = .disallow
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 128
        settings.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        let stack = ProcessStack(
            workspace: workspace, simulator: simulator, simulatorPort: ports.https, identityPort: ports.identity,
            client: client, started: started)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(stack)) } catch { result = .failure(error) }
        try await client.shutdown()
        return try result.get()
    }

    private static var environment: [String: String] {
        ["PATH": "/usr/bin:/bin"].merging(
            ProcessInfo.processInfo.environment.filter { $0.key == "PATH" || $0.key == "LD_LIBRARY_PATH" }
        ) { $1 }
    }

    /// What a gateway process needs to find the simulator's managed-identity endpoint.
    var gatewayEnvironment: [String: String] {
        Self.environment.merging([
            "IDENTITY_ENDPOINT": "http://127.0.0.1:\(self.identityPort)/msi/token",
            "IDENTITY_HEADER": Self.identityHeader,
        ]) { $1 }
    }

    // MARK: - Processes

    func start(_ program: String, _ arguments: [String], environment: [String: String] = [:], log: String) throws
        -> ChildProcess
    {
        let process = try ChildProcess(
            program, arguments, environment: self.gatewayEnvironment.merging(environment) { $1 },
            log: self.workspace.directory.path(log))
        self.started.processes.withLock { $0.append(process) }
        return process
    }

    func startGateway(environment: [String: String] = [:]) throws -> ChildProcess {
        try self.start(
            try BuiltProgram.sallyport.path, ["serve", "--config", self.workspace.configurationPath],
            environment: environment, log: "gateway")
    }

    /// Runs `sallyport` to its end.
    func sallyport(_ arguments: String..., environment: [String: String] = [:]) async throws
        -> (end: ChildProcess.End, output: String, errors: String)
    {
        let process = try self.start(
            try BuiltProgram.sallyport.path, arguments, environment: environment, log: "command-\(UUID().uuidString)")
        let end = await process.end(within: .seconds(120))
        return (end, process.output, process.errors)
    }

    /// Asks `/readyz` until the gateway is ready; throws with what it wrote if it ends or takes too long.
    func untilReady(_ gateway: ChildProcess, within limit: Duration = .seconds(30)) async throws {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end, gateway.isRunning {
            if try await self.readiness() == 200 { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Unexpected("the gateway did not get ready: \(gateway.errors)")
    }

    /// The status of `/readyz`, nil if nobody answers.
    func readiness() async throws -> Int? {
        let request = HTTPClientRequest(url: "http://127.0.0.1:\(self.workspace.managementPort)/readyz")
        guard let response = try? await self.client.execute(request, timeout: .seconds(5)) else { return nil }
        _ = try? await response.body.collect(upTo: 65_536)
        return Int(response.status.code)
    }

    private static func ports(_ file: String, of simulator: ChildProcess) async throws -> (https: Int, identity: Int) {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end, simulator.isRunning {
            if let text = FileManager.default.contents(atPath: file) {
                let words = String(decoding: text, as: UTF8.self).split { " =\n".contains($0) }
                // ready https PORT identity PORT
                if words.count == 5, let https = Int(words[2]), let identity = Int(words[4]) {
                    return (https, identity)
                }
            }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Unexpected("the simulator did not get ready: \(simulator.errors)")
    }

    // MARK: - Calls

    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var body: [UInt8]
        var text: String { String(decoding: self.body, as: UTF8.self) }
        /// Request id of the command of unknown outcome for which this one was held back.
        var heldBy: String? { self.status == 409 ? self.headers.first(name: "x-sallyport-repeat-of") : nil }
    }

    var gateway: String { "https://localhost:\(self.workspace.port)" }
    var azure: String { "https://localhost:\(self.simulatorPort)" }

    func call(
        _ method: HTTPMethod, _ url: String, body: String? = nil, token: String? = nil, correlationID: String? = nil,
        headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        if let token { request.headers.add(name: "authorization", value: "Bearer " + token) }
        if let correlationID { request.headers.add(name: "x-ms-correlation-request-id", value: correlationID) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await self.client.execute(request, timeout: .seconds(40))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return Answer(status: Int(response.status.code), headers: response.headers, body: Array(buffer: bytes))
    }

    /// A token of the operator, minted by the simulator.
    func token() async throws -> String {
        let answer = try await self.call(
            .POST, self.azure + "/simulator/token",
            body: """
                {"oid": "\(Workspace.operatorID)", "sub": "operator", "scp": "user_impersonation", \
                "aud": "https://management.azure.com"}
                """)
        let node = try JSONReader.read(answer.body, limits: .answer, names: .refuseIdentical)
        guard let token = node["access_token"]?.string else { throw Unexpected("no token: \(answer.text)") }
        return token
    }
}
