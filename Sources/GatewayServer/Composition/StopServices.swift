import ARMUpstream
import GatewayIdentity
import ServiceLifecycle

/// Last to start, first to stop: takes readiness away before anything else ends.
struct DrainService: Service {
    let readiness: Readiness

    func run() async throws {
        try? await gracefulShutdown()
        self.readiness.beginDraining()
    }
}

/// Keeps key sets current while the gateway runs.
struct KeySetService: Service {
    let tokens: BearerTokenVerifier

    func run() async throws {
        await cancelWhenGracefulShutdown { await self.tokens.run() }
    }
}

/// Ends the connections to ARM after the last request.
struct UpstreamService: Service {
    let connections: UpstreamConnections
    let tokenClient: TokenClientLifetime

    func run() async throws {
        try? await gracefulShutdown()
        await self.connections.shutdown()
        await self.tokenClient.tokens.shutdown()
    }
}
