import ARMSimulator
import AsyncHTTPClient
import Foundation
import GatewayTestSupport
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOSSL

/// A running simulator with a client that trusts it, for the length of one test.
struct SimulatorFixture: Sendable {
    static let subscription = "00000000-0000-0000-0000-0000000000aa"
    static let version = "2024-11-01"

    let simulator: Simulator
    let ports: Simulator.Ports
    let client: HTTPClient
    let token: String

    struct Reply: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var text: String
        var json: JSON { JSON(text) }
        func header(_ name: String) -> String? { self.headers.first(name: name) }
    }

    static func run(
        _ change: @Sendable (inout SimulatorConfiguration) -> Void = { _ in },
        _ body: @Sendable (SimulatorFixture) async throws -> Void
    ) async throws {
        let authority = try TestAuthority()
        let server = try authority.issueServer()
        let scratch = try TestDirectory()
        var configuration = SimulatorConfiguration(
            certificateChainPEM: try server.certificatePEM, privateKeyPEM: server.privateKeyPEM)
        configuration.scratchDirectory = scratch.url.path
        change(&configuration)
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.certificatePEM.utf8)))
        var settings = HTTPClient.Configuration(tlsConfiguration: tls, redirectConfiguration: .disallow)
        settings.httpVersion = .http1Only
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        do {
            try await Simulator.withRunning(configuration) { simulator, ports in
                try await body(
                    SimulatorFixture(
                        simulator: simulator, ports: ports, client: client, token: try simulator.mintToken()))
            }
        } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
        _ = scratch
    }

    var base: String { "https://localhost:\(self.ports.https)" }

    func machine(_ name: String) -> String {
        "/subscriptions/\(Self.subscription)/resourceGroups/rg-web/providers/Microsoft.Compute/virtualMachines/\(name)"
    }

    /// Sends to ARM with a good token; `path` may be a whole URL. A path without `api-version` gets one.
    func send(
        _ method: String, _ path: String, body: String? = nil, headers: [(String, String)] = [], token: String? = nil,
        timeout: TimeAmount = .seconds(20)
    ) async throws -> Reply {
        var url = path.contains("://") ? path : self.base + path
        if !url.contains("api-version=") { url += (url.contains("?") ? "&" : "?") + "api-version=\(Self.version)" }
        var request = HTTPClientRequest(url: url)
        request.method = HTTPMethod(rawValue: method)
        let sent = token ?? self.token
        if !sent.isEmpty { request.headers.add(name: "Authorization", value: "Bearer \(sent)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            request.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body))
        }
        let response = try await self.client.execute(request, deadline: .now() + timeout)
        let bytes = try await response.body.collect(upTo: 16 * 1_024 * 1_024)
        return Reply(status: Int(response.status.code), headers: response.headers, text: String(buffer: bytes))
    }

    /// Polls a status link until the operation has ended.
    func ended(_ reply: Reply) async throws -> Reply {
        let link = reply.header("Azure-AsyncOperation") ?? ""
        for _ in 0..<2_000 {
            let status = try await self.send("GET", link)
            if status.json["status"].string != "InProgress" { return status }
            try await Task.sleep(for: .milliseconds(5))
        }
        return try await self.send("GET", link)
    }

    /// Runs an action to its end and gives the text of its first element.
    func output(_ name: String, _ body: String) async throws -> String {
        let first = try await self.send("POST", self.machine(name) + "/runCommand", body: body)
        _ = try await self.ended(first)
        let last = try await self.send("GET", first.header("Location") ?? "")
        return last.json["value"][0]["message"].string ?? last.text
    }
}

/// JSON as Foundation reads it: not the simulator's reader, which is under test.
struct JSON: Sendable {
    private let data: Data

    init(_ text: String) { self.data = Data(text.utf8) }
    private init(data: Data) { self.data = data }

    private var value: Any? { try? JSONSerialization.jsonObject(with: self.data, options: [.fragmentsAllowed]) }

    private static func wrap(_ value: Any?) -> JSON {
        guard let value, let data = try? JSONSerialization.data(withJSONObject: value, options: [.fragmentsAllowed])
        else { return JSON(data: Data()) }
        return JSON(data: data)
    }

    subscript(name: String) -> JSON { Self.wrap((self.value as? [String: Any])?[name]) }
    subscript(index: Int) -> JSON {
        let list = self.value as? [Any] ?? []
        return Self.wrap(list.indices.contains(index) ? list[index] : nil)
    }
    var string: String? { self.value as? String }
    var int: Int? { self.value as? Int }
    var bool: Bool? { self.value as? Bool }
    var count: Int { (self.value as? [Any])?.count ?? 0 }
    var keys: Set<String> { Set((self.value as? [String: Any] ?? [:]).keys) }
    var exists: Bool { self.value != nil }
}
