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
        /// No request because of a refusal by ARM before this time.
        var replaceableFrom = Date.distantPast
        /// Whether the request under way is because of a refusal by ARM.
        var isReplacing = false
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

    /// A token to try in place of one that ARM has refused; nil where no other is to be had now.
    ///
    /// ARM may refuse a token because of what was asked for (a target in another tenant), while it takes the same token
    /// everywhere else. So the refused one stays in use for all others until its successor is there, and at most one
    /// successor is asked for in an interval: who is refused within it gets none.
    func replacement(for refused: BearerToken) async -> BearerToken? {
        let step = replacementStep(refused) ?? nextStep()
        let token: BearerToken?
        switch step {
        case .take(let current): token = current
        case .refuse: token = nil
        case .wait(let refresh): token = try? await refresh.value.get().bearer
        }
        // A managed identity's endpoint hands out the same token for hours: asking ARM again would be for nothing.
        return token == refused ? nil : token
    }

    /// - Returns: nil if the refused token is not the current one any more.
    private func replacementStep(_ refused: BearerToken) -> Step? {
        let now = now()
        return state.withLock { state in
            guard state.token?.bearer == refused else { return nil }
            if let refresh = state.refresh { return .wait(refresh) }
            // After a failed request the pause that it earned counts too.
            let earliest = state.failures > 0 ? max(state.replaceableFrom, state.notBefore) : state.replaceableFrom
            guard now >= earliest else { return .refuse(CredentialError(.rejectedByARM)) }
            state.replaceableFrom = now + pace.minimumInterval
            state.isReplacing = true
            let refresh = startRefresh()
            state.refresh = refresh
            return .wait(refresh)
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
            if state.isReplacing {
                // From the end too, since a request may take longer than the interval.
                state.replaceableFrom = now + pace.minimumInterval
                state.isReplacing = false
            }
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
