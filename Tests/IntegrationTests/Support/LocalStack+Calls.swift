import ARMSimulator
import AsyncHTTPClient
import Foundation
import GatewayTestSupport
import NIOCore
import NIOHTTP1
import NIOSSL
import StrictJSON

extension LocalStack {
    struct Answer: Sendable {
        var status: Int
        var headers: [(String, String)]
        var body: [UInt8]
        var isHTTP2 = false

        init(status: Int, headers: [(String, String)], body: [UInt8]) {
            self.status = status
            self.headers = headers
            self.body = body
        }

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
        try await self.call(
            method, target, bytes: body.map { Array($0.utf8) }, token: token, headers: headers)
    }

    /// - Parameters:
    ///   - isChunked: whether the body's length is left out.
    ///   - client: another client than the stack's own, for one with a certificate.
    func call(
        _ method: String, _ target: String, bytes: [UInt8]?, token: String? = nil,
        headers: [(String, String)] = [], isChunked: Bool = false, client: HTTPClient? = nil, base: String? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: (base ?? self.base) + target)
        request.method = .init(rawValue: method)
        if let token { request.headers.add(name: "authorization", value: "Bearer " + token) }
        if bytes != nil, !headers.contains(where: { $0.0.lowercased() == "content-type" }) {
            request.headers.add(name: "content-type", value: "application/json")
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let bytes {
            request.body =
                isChunked ? .bytes(bytes, length: .unknown) : .bytes(ByteBuffer(bytes: bytes))
        }
        let response = try await (client ?? self.client).execute(request, timeout: .seconds(30))
        let bytes = try await response.body.collect(upTo: 16 << 20)
        var answer = Answer(
            status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
            body: Array(buffer: bytes))
        answer.isHTTP2 = response.version == .http2
        return answer
    }

    /// Calls the simulator itself, past the gateway, as an administrator.
    func atSimulator(_ method: String, _ target: String, body: String? = nil) async throws -> Answer {
        try await self.call(
            method, target, bytes: body.map { Array($0.utf8) }, token: try self.token(),
            base: "https://localhost:\(self.simulatorPorts.https)")
    }

    /// A page of the management listener.
    func management(_ path: String) async throws -> Answer {
        try await self.call("GET", path, bytes: nil, base: "http://127.0.0.1:\(self.managementPort)")
    }

    /// A client that presents a certificate.
    func withClient<Result>(
        _ identity: TestIdentity, _ body: (HTTPClient) async throws -> Result
    ) async throws -> Result {
        var settings = HTTPClient.Configuration(
            tlsConfiguration: try Self.clientTLS(self.authority, identity: identity))
        settings.httpVersion = .http1Only
        return try await Self.withClient(settings, body)
    }

    /// A client that speaks HTTP/2 where it is offered.
    func overHTTP2<Result>(_ body: (HTTPClient) async throws -> Result) async throws -> Result {
        var settings = HTTPClient.Configuration(tlsConfiguration: try Self.clientTLS(self.authority))
        settings.httpVersion = .automatic
        return try await Self.withClient(settings, body)
    }

    private static func withClient<Result>(
        _ settings: HTTPClient.Configuration, _ body: (HTTPClient) async throws -> Result
    ) async throws -> Result {
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(client)) } catch { result = .failure(error) }
        try await client.shutdown()
        return try result.get()
    }

    static func clientTLS(_ authority: TestAuthority, identity: TestIdentity? = nil) throws -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(try authority.certificatePEM.utf8)))
        if let identity {
            tls.certificateChain = try NIOSSLCertificate.fromPEMBytes(Array(try identity.certificatePEM.utf8)).map {
                .certificate($0)
            }
            tls.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: Array(identity.privateKeyPEM.utf8), format: .pem))
        }
        return tls
    }

    /// A link of the gateway's public address as a path on the test's port.
    func path(_ link: String?) throws -> String {
        guard let link, link.hasPrefix("https://gateway.test/") else {
            throw Unexpected("not a link of ours: \(link ?? "none")")
        }
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
}
