package import Logging
import Synchronization

/// An issuer's key set, kept current: loaded once however many ask, refreshed ahead of need, and on an unknown `kid`
/// no more than once in a set time.
package final class KeySetCache: Sendable {
    private struct Guarded: Sendable {
        var state: KeySetState
        /// The one load under way, if any.
        var loading: Task<Void, Never>?
    }

    private let guarded: Mutex<Guarded>
    private let load: @Sendable () async throws -> [UInt8]
    private let monotonic: @Sendable () -> Duration
    private let logger: Logger
    /// Where the keys come from, for the log.
    package let name: String
    let timings: KeySetTimings

    /// - Parameters:
    ///   - monotonic: reads a clock that never goes back.
    ///   - load: reads the set's bytes; throws ``KeySetFailure``.
    package init(
        name: String, timings: KeySetTimings, logger: Logger, monotonic: @escaping @Sendable () -> Duration,
        load: @escaping @Sendable () async throws -> [UInt8]
    ) {
        self.name = name
        self.timings = timings
        self.load = load
        self.monotonic = monotonic
        self.logger = logger
        self.guarded = Mutex(Guarded(state: KeySetState(timings: timings)))
    }

    /// Whether there is a set that counts now.
    package var isLoaded: Bool { self.age != nil }

    /// How long ago the set at hand was loaded; nil if there is none.
    package var age: Duration? {
        let now = self.monotonic()
        return self.guarded.withLock { guarded in
            _ = guarded.state.need(at: now)
            return guarded.state.loadedAt.map { now - $0 }
        }
    }

    /// Why the last load failed; nil after a good one.
    package var lastFailure: KeySetFailure? { self.guarded.withLock { $0.state.lastFailure } }

    /// The keys under a `kid`. Waits for a load only if there is no set at all, or the `kid` is unknown and it is time.
    package func keys(named id: String) async throws(AuthenticationFailure) -> [VerificationKey] {
        await self.ensureLoaded()
        switch self.lookUp(id) {
        case .unavailable: throw .keysUnavailable
        case .found(let keys): return keys
        case .unknown: break
        }
        let now = self.monotonic()
        guard self.guarded.withLock({ $0.state.takeUnknownKeyTurn(at: now) }) else { throw .unknownKey }
        // A load that was already under way may have been answered before the new key was published.
        await self.running()?.value
        if case .found(let keys) = self.lookUp(id) { return keys }
        await self.startLoading().value
        switch self.lookUp(id) {
        case .unavailable: throw .keysUnavailable
        case .found(let keys): return keys
        case .unknown: throw .unknownKey
        }
    }

    /// Loads the set if there is none, starts a refresh if one is due, drops a set that is too old.
    /// Called by ``run()`` and on every slow path, so that neither alone is relied on.
    package func ensureLoaded() async {
        let now = self.monotonic()
        switch self.guarded.withLock({ $0.state.need(at: now) }) {
        case .nothing, .unavailable: break
        case .refresh: self.startLoading()
        case .load: await self.startLoading().value
        }
    }

    /// Keeps the set current until cancelled.
    package func run() async {
        let pause = min(self.timings.refresh, self.timings.retry)
        while !Task.isCancelled {
            await self.ensureLoaded()
            try? await Task.sleep(for: pause)
        }
    }

    /// Waits for a load that is under way, if there is one.
    package func settle() async { await self.running()?.value }

    private enum Found {
        case found([VerificationKey]), unknown, unavailable
    }

    private func lookUp(_ id: String) -> Found {
        self.guarded.withLock { guarded in
            guard let set = guarded.state.set else { return .unavailable }
            return set.keys[id].map { .found($0) } ?? .unknown
        }
    }

    private func running() -> Task<Void, Never>? { self.guarded.withLock { $0.loading } }

    /// Starts a load, or joins the one under way. It runs to its end even if all who wait for it leave.
    @discardableResult
    private func startLoading() -> Task<Void, Never> {
        self.guarded.withLock { guarded in
            if let loading = guarded.loading { return loading }
            let loading = Task { await self.reload() }
            guarded.loading = loading
            return loading
        }
    }

    private func reload() async {
        let result: Result<KeySet, KeySetFailure>
        do {
            result = .success(try KeySet(json: try await self.load()))
        } catch {
            result = .failure(error as? KeySetFailure ?? .unreachable)
        }
        let now = self.monotonic()
        let isNews = self.guarded.withLock { guarded in
            guarded.loading = nil
            return switch result {
            case .success(let set): guarded.state.loaded(set, at: now)
            case .failure(let failure): guarded.state.failed(failure, at: now)
            }
        }
        // Said once at a level that is seen, and not again while nothing changes.
        switch result {
        case .success(let set):
            let details: Logger.Metadata = [
                "keySet": "\(self.name)", "keys": "\(set.keys.count)", "ignored": "\(set.ignored)",
            ]
            self.logger.log(level: isNews ? .notice : .debug, "key set loaded", metadata: details)
        case .failure(let failure):
            let details: Logger.Metadata = ["keySet": "\(self.name)", "reason": "\(failure.rawValue)"]
            self.logger.log(level: isNews ? .error : .debug, "key set not loaded", metadata: details)
        }
    }
}
