import ARMUpstream

/// Ends the token endpoint's HTTP client where the gateway never came to run: a client that goes without having been
/// shut down stops a debug build. After an orderly stop there is nothing left to end.
final class TokenClientLifetime: Sendable {
    let tokens: UpstreamTokens

    init(_ tokens: UpstreamTokens) { self.tokens = tokens }

    deinit {
        Task { [tokens] in await tokens.shutdown() }
    }
}
