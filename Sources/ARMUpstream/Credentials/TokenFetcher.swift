import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Redaction
import TLSNames

/// Asks a token endpoint once. Off the data path, so AsyncHTTPClient serves.
struct TokenFetcher: Sendable {
    private static let maximumAnswerBytes = 256 << 10

    let client: HTTPClient
    /// For connecting, head and body together.
    let timeLimit: Duration
    let now: @Sendable () -> Date

    /// No redirects (a 307 would carry the secret elsewhere), no proxy, no compression.
    ///
    /// - Parameter address: the token endpoint's, or its beginning; the client is for this host only.
    static func makeClient(
        for address: String, trustRoots: UpstreamTrustRoots, eventLoopGroup: any EventLoopGroup
    ) throws -> HTTPClient {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.trustRoots = try trustRoots.nioRoots
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(5), read: .seconds(10)), proxy: nil, decompression: .disabled)
        configuration.httpVersion = .http1Only
        if let url = URL(string: address), url.scheme?.lowercased() == "https", let host = url.host(),
            let peer = PeerName(host: host)
        {
            configuration.http1_1ConnectionDebugInitializer = { peer.requireProof(on: $0) }
        }
        // A failure is told at once and retried by the cache at its own pace, not until the time limit.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .shared(eventLoopGroup), configuration: configuration)
    }

    func fetch(_ request: TokenRequest) async throws(CredentialError) -> IssuedToken {
        let (status, retryAfter, body) = try await exchange(request)
        switch status {
        case 200:
            return try TokenAnswer.read(body, now: now())
        case 429:
            throw CredentialError(.throttled, status: status, code: TokenAnswer.errorCode(body), retryAfter: retryAfter)
        default:
            throw CredentialError(.refused, status: status, code: TokenAnswer.errorCode(body), retryAfter: retryAfter)
        }
    }

    private func exchange(_ request: TokenRequest) async throws(CredentialError) -> (Int, Duration?, [UInt8]) {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = request.method
        outgoing.headers.add(name: "accept", value: "application/json")
        for (name, value) in request.headers { value.withValue { outgoing.headers.add(name: name, value: $0) } }
        if let body = request.body { outgoing.body = body.withValue { .bytes(ByteBuffer(string: $0)) } }
        let (client, limit, sent) = (client, timeLimit, outgoing)
        do {
            // AsyncHTTPClient's own deadline ends with the head; this one covers the body too.
            return try await withThrowingTaskGroup(of: (Int, Duration?, [UInt8])?.self) { group in
                group.addTask {
                    let answer = try await client.execute(sent, timeout: .seconds(limit.components.seconds + 1))
                    let body = try await answer.body.collect(upTo: Self.maximumAnswerBytes)
                    let seconds = answer.headers.first(name: "retry-after").flatMap { UInt16($0) }
                    return (Int(answer.status.code), seconds.map { .seconds($0) }, Array(body.readableBytesView))
                }
                group.addTask {
                    try await Task.sleep(for: limit)
                    return nil
                }
                defer { group.cancelAll() }
                guard let first = try await group.next(), let answer = first else {
                    throw CredentialError(.timedOut)
                }
                return answer
            }
        } catch {
            throw Self.reason(of: error)
        }
    }

    /// Only the kind of an error goes on: its text may name addresses.
    private static func reason(of error: any Error) -> CredentialError {
        switch error {
        case let error as CredentialError:
            return error
        case let error as HTTPClientError
        where [.connectTimeout, .readTimeout, .deadlineExceeded, .tlsHandshakeTimeout].contains(error):
            return CredentialError(.timedOut)
        case let error as HTTPClientError where [.invalidURL, .emptyHost, .emptyScheme].contains(error):
            return CredentialError(.misconfigured)
        case is HTTPParserError, is NIOTooManyBytesError:
            return CredentialError(.malformedAnswer)
        default:
            return CredentialError(.unreachable)
        }
    }
}
