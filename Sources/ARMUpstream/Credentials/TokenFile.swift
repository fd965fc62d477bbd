import Foundation
import Redaction
import Synchronization

/// A token that something else keeps fresh in a file: read when it is first asked for, and again when the file changes.
final class TokenFile: Sendable {
    /// How often the file is looked at, at most.
    private static let interval: TimeInterval = 1

    private struct State {
        var token: BearerToken?
        var stamp: SecretFile.Stamp?
        var lookedAt = Date.distantPast
    }

    private let state = Mutex(State())
    private let path: String
    private let now: @Sendable () -> Date

    init(path: String, now: @escaping @Sendable () -> Date) {
        self.path = path
        self.now = now
    }

    func token() throws(CredentialError) -> BearerToken {
        let now = now()
        let result: Result<BearerToken, CredentialError> = state.withLock { state in
            let age = now.timeIntervalSince(state.lookedAt)
            if let token = state.token, age >= 0, age < Self.interval { return .success(token) }
            state.lookedAt = now
            let stamp = SecretFile.stamp(of: path)
            if let token = state.token, stamp != nil, stamp == state.stamp { return .success(token) }
            state.token = nil
            state.stamp = stamp
            do throws(CredentialError) {
                let token = try SecretFile.read(path).withValue { BearerToken($0) }
                guard let token else { throw CredentialError(.fileUnreadable) }
                state.token = token
                return .success(token)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// The token that stands in the file now, read anew; nil if it is still the refused one, or cannot be read.
    func replacement(for refused: BearerToken) -> BearerToken? {
        state.withLock { state in
            if state.token == refused { state = State() }
        }
        guard let token = try? token(), token != refused else { return nil }
        return token
    }
}
