import Foundation
import Synchronization

/// Keeps the current token, and asks for the next by one request however many callers wait.
///
/// A caller that finds a valid token takes no other step than a lock. Ahead of expiry one caller sets off a request in
/// the background and takes the old token. Only without a valid one do callers wait, all for the same request.
final class TokenCache: Sendable {
    /// How the cache paces itself.
    struct Pace: Sendable {
        /// A token is replaced this long before it expires, or at half its life if that is later.
        var refreshAhead: TimeInterval = 300
        /// A token is no longer used this long before it expires, or for a tenth of its life if that is shorter:
        /// the request has to get to ARM with it.
        var safetyMargin: TimeInterval = 10
        /// Between two requests ahead of expiry, since an endpoint may hand out the same old token for a while; and
        /// between two that follow a refusal by ARM, which may refuse every token.
        var minimumInterval: TimeInterval = 5
        var firstBackoff: TimeInterval = 1
        var longestBackoff: TimeInterval = 60
        /// What is believed of a `Retry-After` at most.
        var longestRetryAfter: TimeInterval = 600
    }

    private struct State {
        var token: IssuedToken?
        var refresh: Task<Result<IssuedToken, CredentialError>, Never>?
        var failures = 0
        var lastError: CredentialError?
        /// No request before this time.
        var notBefore = Date.distantPast
        /// When ARM's refusal last cost a token.
        var invalidatedAt = Date.distantPast
    }

    private enum Step {
        case take(BearerToken)
        case wait(Task<Result<IssuedToken, CredentialError>, Never>)
        case refuse(CredentialError)
    }

    private let state = Mutex(State())
    private let pace: Pace
    private let now: @Sendable () -> Date
    private let observe: @Sendable (TokenEvent) -> Void
    private let fetch: @Sendable () async throws(CredentialError) -> IssuedToken

    init(
        pace: Pace = Pace(), now: @escaping @Sendable () -> Date,
        observe: @escaping @Sendable (TokenEvent) -> Void = { _ in },
        fetch: @escaping @Sendable () async throws(CredentialError) -> IssuedToken
    ) {
        self.pace = pace
        self.now = now
        self.observe = observe
        self.fetch = fetch
    }

    func token() async throws(CredentialError) -> BearerToken {
        switch nextStep() {
        case .take(let token): return token
        case .refuse(let error): throw error
        case .wait(let refresh): return try await refresh.value.get().bearer
        }
    }

    /// Drops the token if it is still the current one: ARM has refused it.
    func invalidate(_ token: BearerToken) {
        let now = now()
        state.withLock { state in
            guard let current = state.token, current.bearer == token else { return }
            state.token = nil
            // The first refusal is followed by a new request at once, a second soon after it is not.
            let earliest = state.invalidatedAt + pace.minimumInterval
            if earliest <= now { state.invalidatedAt = now }
            state.notBefore = earliest
            state.lastError = CredentialError(.rejectedByARM)
        }
    }

    private func nextStep() -> Step {
        let now = now()
        return state.withLock { state in
            if let token = state.token, now < usableUntil(token) {
                if now >= refreshTime(token), state.refresh == nil, now >= state.notBefore {
                    state.refresh = startRefresh()
                }
                return .take(token.bearer)
            }
            if let refresh = state.refresh { return .wait(refresh) }
            if now < state.notBefore {
                var error = state.lastError ?? CredentialError(.unreachable)
                error.retryAfter = .seconds(state.notBefore.timeIntervalSince(now).rounded(.up))
                return .refuse(error)
            }
            let refresh = startRefresh()
            state.refresh = refresh
            return .wait(refresh)
        }
    }

    /// An unstructured task: it belongs to all who wait and to the cache, and outlives the caller that set it off.
    private func startRefresh() -> Task<Result<IssuedToken, CredentialError>, Never> {
        Task {
            let result: Result<IssuedToken, CredentialError>
            do throws(CredentialError) {
                result = .success(try await fetch())
            } catch {
                result = .failure(error)
            }
            settle(result)
            observe(TokenEvent(result))
            return result
        }
    }

    private func settle(_ result: Result<IssuedToken, CredentialError>) {
        let now = now()
        state.withLock { state in
            state.refresh = nil
            switch result {
            case .success(let token):
                state.token = token
                state.failures = 0
                state.lastError = nil
                state.notBefore = now + pace.minimumInterval
            case .failure(let error):
                let backoff = min(pace.longestBackoff, pace.firstBackoff * pow(2, Double(min(state.failures, 16))))
                let asked = error.retryAfter.map { Double($0.components.seconds) } ?? 0
                state.failures += 1
                state.lastError = error
                state.notBefore = now + max(backoff, min(asked, pace.longestRetryAfter))
            }
        }
    }

    private func usableUntil(_ token: IssuedToken) -> Date {
        let life = token.expiresAt.timeIntervalSince(token.issuedAt)
        return token.expiresAt - min(pace.safetyMargin, life / 10)
    }

    private func refreshTime(_ token: IssuedToken) -> Date {
        let life = token.expiresAt.timeIntervalSince(token.issuedAt)
        let ours = max(token.expiresAt - pace.refreshAhead, token.issuedAt + life / 2)
        return token.refreshAt.map { min($0, ours) } ?? ours
    }
}
