import AsyncHTTPClient
import Foundation
import GatewayTestSupport
import NIOCore
import Testing

@testable import GatewayListener

@Suite("Client certificates", .timeLimit(.minutes(1)))
struct ClientCertificateTests {
    enum Shown: CaseIterable { case nothing, trusted, untrusted, expired }

    /// What the handler sees: `nil` where there is no request, since the handshake fails.
    static func outcome(_ mode: ClientCertificateMode, _ shown: Shown) -> Bool? {
        switch (mode, shown) {
        case (.none, _): false
        case (_, .trusted): true
        case (.optional, .nothing): false
        default: nil
        }
    }

    @Test(
        "are asked for, verified and handed on as configured", arguments: ClientCertificateMode.allCases, Shown.allCases
    )
    func modes(_ mode: ClientCertificateMode, _ shown: Shown) async throws {
        let trusted = try TestAuthority(commonName: "clients")
        let identity =
            switch shown {
            case .nothing: TestIdentity?.none
            case .trusted: try trusted.issueClient(uris: ["spiffe://contoso/runner"])
            case .untrusted: try TestAuthority(commonName: "others").issueClient(uris: ["spiffe://contoso/runner"])
            case .expired:
                try trusted.issueClient(
                    uris: ["spiffe://contoso/runner"], notValidAfter: .init(timeIntervalSinceNow: -60))
            }
        let expected = Self.outcome(mode, shown)
        let notes = Notes()
        let handler = ScriptedHandler { request in
            notes.add(request.version.rawValue)
            let same = (try? identity?.certificateDER) == request.clientCertificate?.der
            return ScriptedHandler.text(request.clientCertificate == nil ? "none" : same ? "that" : "another")
        }
        try await RunningListener.with(
            clientCertificates: mode, clientAuthority: mode == .none ? nil : trusted, handler: handler
        ) { server in
            for version in [HTTPClient.Configuration.HTTPVersion.http1Only, .automatic] {
                try await OrdinaryClient.with(server, identity: identity, version: version) { client in
                    let request = HTTPClientRequest(url: "https://localhost:\(server.port)/")
                    guard let expected else {
                        await #expect(throws: (any Error).self) {
                            _ = try await client.execute(request, timeout: .seconds(3))
                        }
                        return
                    }
                    let answer = try await client.execute(request, timeout: .seconds(5))
                    #expect(String(buffer: try await answer.body.collect(upTo: 100)) == (expected ? "that" : "none"))
                }
            }
        }
        #expect(notes.all == (expected == nil ? [] : ["HTTP/1.1", "HTTP/2"]))
    }
}
