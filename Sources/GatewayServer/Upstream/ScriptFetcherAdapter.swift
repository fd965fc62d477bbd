import ARMModel
import GatewayEnforcement
import PolicyCore
import ScriptFetching
import ServiceLifecycle

/// The pipeline's way to scripts behind addresses: one fetch on a connection of its own, to public IP addresses only.
struct ScriptFetcherAdapter: ScriptReader {
    let fetcher: ScriptFetcher

    /// - Returns: `nil` where no rule lets the gateway fetch anything, so that it cannot.
    init?(for policy: Policy, makeFetcher: () throws -> ScriptFetcher) rethrows {
        guard policy.fetchesScripts else { return nil }
        self.fetcher = try makeFetcher()
    }

    func read(_ address: WebAddress, maximumBytes: Int) async -> ScriptReading {
        // The policy has judged the host; that it is the one connected to is the fetcher's to see to.
        switch await self.fetcher.fetch(address, hosts: [address.host], maximumBytes: maximumBytes) {
        case .script(let script): .text(script.text)
        case .refused(let refusal):
            .refused(
                ScriptReadingFailure(
                    code: refusal.reason.rawValue, message: refusal.message, isTransient: refusal.isTransient))
        }
    }
}

/// Ends with the last fetch, after the listener has ended.
struct ScriptFetchService: Service {
    /// `nil` where nothing is fetched.
    let fetcher: ScriptFetcher?

    func run() async throws {
        try? await gracefulShutdown()
        await self.fetcher?.shutdown()
    }
}
