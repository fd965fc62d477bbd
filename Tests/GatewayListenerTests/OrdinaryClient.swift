import AsyncHTTPClient
import GatewayTestSupport
import NIOCore

/// An HTTP client as tools use it.
enum OrdinaryClient {
    static func with(
        _ server: RunningListener, identity: TestIdentity? = nil,
        version: HTTPClient.Configuration.HTTPVersion = .automatic,
        _ body: (HTTPClient) async throws -> Void
    ) async throws {
        var configuration = HTTPClient.Configuration(tlsConfiguration: try server.clientTLS(identity: identity))
        configuration.httpVersion = version
        configuration.timeout.connect = .seconds(5)
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        do { try await body(client) } catch {
            try await client.shutdown()
            throw error
        }
        try await client.shutdown()
    }
}
