import Foundation
import Synchronization
import Testing

@testable import ARMUpstream

/// A wall clock that stands still until it is moved.
final class WallClock: Sendable {
    private let time = Mutex(Date(timeIntervalSince1970: 1_800_000_000))
    var now: @Sendable () -> Date { { self.time.withLock { $0 } } }
    func advance(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
}

/// A source of tokens whose answers the test decides on, one by one.
final class TokenIssuer: Sendable {
    private struct State {
        var calls = 0
        var open = true
        var waiting: [CheckedContinuation<Void, Never>] = []
        var failure: CredentialError?
    }

    private let state = Mutex(State())
    private let clock: WallClock
    private let life: TimeInterval

    init(_ clock: WallClock, life: TimeInterval = 3600) { (self.clock, self.life) = (clock, life) }

    var calls: Int { state.withLock { $0.calls } }

    /// Answers from now on with the error given, or with tokens.
    func fail(_ error: CredentialError?) { state.withLock { $0.failure = error } }

    /// Lets requests hang.
    func close() { state.withLock { $0.open = false } }

    func reopen() {
        let waiting = state.withLock { state in
            state.open = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func issue() async throws(CredentialError) -> IssuedToken {
        let number = state.withLock { state in
            state.calls += 1
            return state.calls
        }
        await withCheckedContinuation { continuation in
            let goOn = state.withLock { state in
                if !state.open { state.waiting.append(continuation) }
                return state.open
            }
            if goOn { continuation.resume() }
        }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        guard let bearer = BearerToken("token-\(number)") else { throw CredentialError(.malformedAnswer) }
        let now = clock.now()
        return IssuedToken(bearer: bearer, issuedAt: now, expiresAt: now + life)
    }
}

extension BearerToken {
    var text: String { withHeaderValue { $0 } }
}

@Suite("Token cache", .timeLimit(.minutes(1)))
struct TokenCacheTests {
    private let clock = WallClock()

    private func make(life: TimeInterval = 3600) -> (TokenCache, TokenIssuer) {
        let issuer = TokenIssuer(clock, life: life)
        return (
            TokenCache(now: clock.now) { () async throws(CredentialError) -> IssuedToken in try await issuer.issue() },
            issuer
        )
    }

    private func text(of cache: TokenCache) async throws -> String { try await cache.token().text }

    private func failure(of cache: TokenCache) async -> CredentialError? {
        do throws(CredentialError) {
            _ = try await cache.token()
            return nil
        } catch {
            return error
        }
    }

    @Test func asksOnceWhileATokenIsValid() async throws {
        let (cache, issuer) = make()
        for _ in 1...5 { #expect(try await text(of: cache) == "Bearer token-1") }
        clock.advance(1000)
        #expect(try await text(of: cache) == "Bearer token-1")
        #expect(issuer.calls == 1)
    }

    @Test func asksOnceForAHundredWaiters() async throws {
        let (cache, issuer) = make()
        issuer.close()
        let waiters = (1...100).map { _ in Task { try await text(of: cache) } }
        try await eventually { issuer.calls > 0 }
        for _ in 0..<200 { await Task.yield() }
        issuer.reopen()
        for waiter in waiters { #expect(try await waiter.value == "Bearer token-1") }
        #expect(issuer.calls == 1)
    }

    @Test func sharesAFailureAmongTheWaiters() async throws {
        let (cache, issuer) = make()
        issuer.close()
        issuer.fail(CredentialError(.refused, status: 400, code: "invalid_client"))
        let waiters = (1...100).map { _ in Task { await failure(of: cache) } }
        try await eventually { issuer.calls > 0 }
        issuer.reopen()
        for waiter in waiters { #expect(await waiter.value?.code == "invalid_client") }
        #expect(issuer.calls == 1)
    }

    @Test func refreshesAheadInTheBackground() async throws {
        let (cache, issuer) = make()
        _ = try await cache.token()
        clock.advance(3600 - 299)
        issuer.close()
        // Nobody waits for the new token while the old one is valid.
        for _ in 1...10 { #expect(try await text(of: cache) == "Bearer token-1") }
        try await eventually { issuer.calls >= 2 }
        issuer.reopen()
        try await eventually { try await text(of: cache) == "Bearer token-2" }
        #expect(issuer.calls == 2)
    }

    @Test func keepsServingWhileTheRefreshFails() async throws {
        let (cache, issuer) = make()
        _ = try await cache.token()
        issuer.fail(CredentialError(.unreachable))
        clock.advance(3600 - 200)
        for _ in 1...20 {
            #expect(try await text(of: cache) == "Bearer token-1")
            await Task.yield()
        }
        try await eventually { issuer.calls >= 2 }
        clock.advance(189)
        #expect(try await text(of: cache) == "Bearer token-1")
        // Within the safety margin it is no longer used.
        while await failure(of: cache) == nil { clock.advance(1) }
        issuer.fail(nil)
        clock.advance(120)
        #expect(try await text(of: cache).hasPrefix("Bearer token-"))
    }

    @Test func backsOffFurtherAfterEachFailure() async throws {
        let (cache, issuer) = make()
        issuer.fail(CredentialError(.unreachable))
        var waited: [Int] = []
        for attempt in 1...8 {
            #expect(await failure(of: cache)?.reason == .unreachable)
            #expect(issuer.calls == attempt)
            let refused = await failure(of: cache)
            #expect(issuer.calls == attempt, "no second request within the pause")
            let seconds = Int(refused?.retryAfter?.components.seconds ?? 0)
            waited.append(seconds)
            clock.advance(TimeInterval(seconds))
        }
        #expect(waited == [1, 2, 4, 8, 16, 32, 60, 60])
        issuer.fail(nil)
        #expect(try await text(of: cache) == "Bearer token-9")
    }

    @Test(arguments: [(45, 45), (7200, 600), (0, 1)])
    func obeysRetryAfter(_ asked: Int, _ waits: Int) async throws {
        let (cache, issuer) = make()
        issuer.fail(CredentialError(.throttled, status: 429, retryAfter: .seconds(asked)))
        #expect(await failure(of: cache)?.reason == .throttled)
        issuer.fail(nil)
        clock.advance(TimeInterval(waits) - 0.5)
        #expect(await failure(of: cache)?.retryAfter == .seconds(1))
        #expect(issuer.calls == 1)
        clock.advance(0.5)
        #expect(try await text(of: cache) == "Bearer token-2")
    }

    @Test func replacesOnlyTheTokenThatWasRefused() async throws {
        let (cache, issuer) = make()
        let first = try await cache.token()
        #expect(await cache.replacement(for: first)?.text == "Bearer token-2")
        // A late refusal of the first one costs nothing: the second is there to try.
        #expect(await cache.replacement(for: first)?.text == "Bearer token-2")
        #expect(try await text(of: cache) == "Bearer token-2")
        #expect(issuer.calls == 2)
    }

    /// One target refuses every token, the others none: they never go without.
    @Test func aTargetThatRefusesEveryTokenStopsNobodyElse() async throws {
        let (cache, issuer) = make()
        var replaced = 0
        for second in 0..<20 {
            for _ in 1...5 {
                let refused = try await cache.token()
                if await cache.replacement(for: refused) != nil { replaced += 1 }
                #expect(await failure(of: cache) == nil, "another caller at \(second) s")
            }
            clock.advance(1)
        }
        #expect(replaced == 4, "one in five seconds")
        #expect(issuer.calls == 5)
    }

    @Test func aFreshTokenThatIsRefusedStaysInUse() async throws {
        let (cache, issuer) = make()
        let first = try await cache.token()
        let fresh = try #require(await cache.replacement(for: first))
        #expect(await cache.replacement(for: fresh) == nil)
        #expect(try await cache.token() == fresh)
        clock.advance(4.5)
        #expect(await cache.replacement(for: fresh) == nil)
        clock.advance(0.5)
        #expect(await cache.replacement(for: fresh)?.text == "Bearer token-3")
        #expect(issuer.calls == 3)
    }

    @Test func othersGoOnWhileTheSuccessorIsOnItsWay() async throws {
        let (cache, issuer) = make()
        let first = try await cache.token()
        issuer.close()
        let refused = (1...20).map { _ in Task { await cache.replacement(for: first)?.text } }
        try await eventually { issuer.calls == 2 }
        for _ in 1...5 { #expect(try await cache.token() == first) }
        // The interval counts from the end too.
        clock.advance(7)
        issuer.reopen()
        for task in refused { #expect(await task.value == "Bearer token-2") }
        let second = try await cache.token()
        #expect(await cache.replacement(for: second) == nil)
        #expect(issuer.calls == 2)
    }

    @Test func aSuccessorThatCannotBeHadCostsNobodyTheToken() async throws {
        let (cache, issuer) = make()
        let first = try await cache.token()
        issuer.fail(CredentialError(.throttled, status: 429, retryAfter: .seconds(30)))
        #expect(await cache.replacement(for: first) == nil)
        #expect(try await cache.token() == first)
        clock.advance(29)
        #expect(await cache.replacement(for: first) == nil)
        #expect(issuer.calls == 2, "the endpoint asked for a pause")
        issuer.fail(nil)
        clock.advance(1)
        #expect(await cache.replacement(for: first)?.text == "Bearer token-3")
    }

    /// As a managed identity's endpoint does: there is nothing to try again with.
    @Test func theSameTokenAgainIsNoReplacement() async throws {
        let clock = clock
        let cache = TokenCache(now: clock.now) { () async throws(CredentialError) -> IssuedToken in
            guard let bearer = BearerToken("same") else { throw CredentialError(.malformedAnswer) }
            return IssuedToken(bearer: bearer, issuedAt: clock.now(), expiresAt: clock.now() + 3600)
        }
        let token = try await cache.token()
        #expect(await cache.replacement(for: token) == nil)
        #expect(try await cache.token() == token)
    }

    @Test func doesNotHammerAnEndpointThatHandsOutShortLivedTokens() async throws {
        let (cache, issuer) = make(life: 8)
        _ = try await cache.token()
        clock.advance(4.5)
        for _ in 1...50 { _ = try await cache.token() }
        #expect(issuer.calls == 1, "the pause between two requests")
        clock.advance(1)
        try await eventually {
            _ = try await cache.token()
            return issuer.calls >= 2
        }
    }

    /// A refresh that fails behind a valid token shows nowhere else.
    @Test func tellsOfEveryRequest() async throws {
        let issuer = TokenIssuer(clock)
        let events = Mutex([TokenEvent]())
        let cache = TokenCache(now: clock.now, observe: { event in events.withLock { $0.append(event) } }) {
            () async throws(CredentialError) -> IssuedToken in try await issuer.issue()
        }
        _ = try await cache.token()
        let expiry = clock.now() + 3600
        issuer.fail(CredentialError(.unreachable))
        clock.advance(3400)
        _ = try await cache.token()
        try await eventually { events.withLock { $0.count } == 2 }
        #expect(events.withLock { $0 } == [.issued(expiresAt: expiry), .failed(CredentialError(.unreachable))])
    }

    @Test func aCancelledWaiterDoesNotEndTheRequest() async throws {
        let (cache, issuer) = make()
        issuer.close()
        let first = Task { try await text(of: cache) }
        try await eventually { issuer.calls > 0 }
        first.cancel()
        let second = Task { try await text(of: cache) }
        for _ in 0..<50 { await Task.yield() }
        issuer.reopen()
        #expect(try await second.value == "Bearer token-1")
        #expect(try await first.value == "Bearer token-1")
    }
}

@Suite("Token answers")
struct TokenAnswerTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    @Test(arguments: [
        (#"{"access_token":"t","expires_on":"1800003600","token_type":"Bearer"}"#, 3600.0),
        (#"{"access_token":"t","expires_on":1800003600,"expires_in":"5"}"#, 3600),
        (#"{"access_token":"t","expires_in":3599,"ext_expires_in":3599,"token_type":"bearer"}"#, 3599),
        (#"{"access_token":"t","expires_in":"86399"}"#, 86399),
    ])
    func reads(_ json: String, _ life: TimeInterval) throws {
        let token = try TokenAnswer.read(Array(json.utf8), now: Self.now)
        #expect(token.expiresAt == Self.now + life)
        #expect(token.bearer.text == "Bearer t")
    }

    @Test func readsTheAdviceToRefresh() throws {
        let json = #"{"access_token":"t","expires_in":86399,"refresh_in":43199}"#
        #expect(try TokenAnswer.read(Array(json.utf8), now: Self.now).refreshAt == Self.now + 43199)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"access_token":"t"}"#, #"{"expires_in":5}"#, #"{"access_token":"","expires_in":5}"#,
        #"{"access_token":"a b","expires_in":5}"#, #"{"access_token":"a\r\nb: c","expires_in":5}"#,
        #"{"access_token":"t","expires_in":"soon"}"#, #"{"access_token":"t","expires_in":-5}"#,
        #"{"access_token":"t","expires_in":0}"#, #"{"access_token":"t","expires_on":"1700000000"}"#,
        #"{"access_token":"t","expires_in":1e300}"#, #"{"access_token":"t","expires_in":5,"token_type":"pop"}"#,
        #"{"access_token":7,"expires_in":5}"#, "<html>",
    ])
    func refuses(_ json: String) {
        #expect(throws: CredentialError(.malformedAnswer)) { try TokenAnswer.read(Array(json.utf8), now: Self.now) }
    }

    @Test func takesOnlyPlainErrorCodes() {
        #expect(
            TokenAnswer.errorCode(Array(#"{"error":"invalid_client","error_description":"secret"}"#.utf8))
                == "invalid_client")
        #expect(TokenAnswer.errorCode(Array(#"{"error":"AADSTS7000215: key 'x'"}"#.utf8)) == nil)
        #expect(TokenAnswer.errorCode(Array("no".utf8)) == nil)
    }
}
