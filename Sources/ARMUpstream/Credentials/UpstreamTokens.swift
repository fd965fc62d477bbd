import AsyncHTTPClient
package import Foundation
package import NIOCore

/// The gateway's own tokens for ARM, whatever they come from.
package final class UpstreamTokens: Sendable {
    private enum Source: Sendable {
        case cache(TokenCache, HTTPClient)
        case file(TokenFile)
        case callers
    }

    private let source: Source

    /// - Parameters:
    ///   - resource: for whom tokens are, such as `https://management.azure.com`.
    ///   - trustRoots: what the token endpoint's certificate must come from.
    ///   - timeLimit: for one request to the token endpoint.
    ///   - now: the wall clock, since tokens expire by it.
    ///   - observe: is told of every request to a token endpoint, on no particular thread.
    package init(
        credential: UpstreamCredential, resource: String, trustRoots: UpstreamTrustRoots = .system,
        eventLoopGroup: any EventLoopGroup, timeLimit: Duration = .seconds(15),
        now: @escaping @Sendable () -> Date = { Date() },
        observe: @escaping @Sendable (TokenEvent) -> Void = { _ in }
    ) throws {
        func cache(
            _ address: String, _ request: @escaping @Sendable () throws(CredentialError) -> TokenRequest
        ) throws -> Source {
            let client = try TokenFetcher.makeClient(
                for: address, trustRoots: trustRoots, eventLoopGroup: eventLoopGroup)
            let fetcher = TokenFetcher(client: client, timeLimit: timeLimit, now: now)
            let cache = TokenCache(now: now, observe: observe) { () async throws(CredentialError) -> IssuedToken in
                try await fetcher.fetch(try request())
            }
            return .cache(cache, client)
        }
        switch credential {
        case .managedIdentity(let identity):
            source = try cache(identity.endpoint.address) { () throws(CredentialError) in
                try TokenRequest.managedIdentity(identity, resource: resource)
            }
        case .clientSecret(let client):
            source = try cache(client.authority) { () throws(CredentialError) in
                try TokenRequest.clientSecret(client, resource: resource)
            }
        case .tokenFile(let path):
            source = .file(TokenFile(path: path, now: now))
        case .passthrough:
            source = .callers
        }
    }

    /// Whether the caller's own token goes to ARM instead of one of ours.
    package var isPassthrough: Bool {
        if case .callers = source { return true }
        return false
    }

    /// A token that can be used now. Does not suspend while a valid one is at hand.
    ///
    /// - Throws: ``CredentialError``, with `noneOfOurOwn` for `passthrough`.
    package func token() async throws(CredentialError) -> BearerToken {
        switch source {
        case .cache(let cache, _): try await cache.token()
        case .file(let file): try file.token()
        case .callers: throw CredentialError(.noneOfOurOwn)
        }
    }

    /// A token to try once more with, in place of one that ARM has refused; nil where no other is to be had now.
    ///
    /// All others go on with the refused one until another is there: one target may refuse what the rest of ARM takes,
    /// and must not stop everybody.
    package func replacement(for refused: BearerToken) async -> BearerToken? {
        switch source {
        case .cache(let cache, _): await cache.replacement(for: refused)
        case .file(let file): file.replacement(for: refused)
        case .callers: nil
        }
    }

    /// Ends the client of the token endpoint. Nothing may be asked afterwards.
    package func shutdown() async {
        if case .cache(_, let client) = source { try? await client.shutdown() }
    }
}
