/// Why there is no token: a few fixed words and an OAuth error code, never an address, a token or a secret.
package struct CredentialError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The token endpoint could not be reached, or its certificate was not accepted.
        case unreachable
        case timedOut
        /// It answered with a status that means no.
        case refused
        /// It answered 429.
        case throttled
        /// It answered with something that is no token.
        case malformedAnswer
        /// A file with the token or the client secret cannot be read, or is empty.
        case fileUnreadable
        /// ARM refused a token that had just been issued; a new one is not asked for yet.
        case rejectedByARM
        /// `passthrough`: the gateway has no token of its own.
        case noneOfOurOwn
        /// The settings do not make a request.
        case misconfigured
    }

    package var reason: Reason
    /// The status of the token endpoint, where it answered.
    package var status: Int?
    /// The `error` member of its answer, such as `invalid_client`.
    package var code: String?
    /// How long no further attempt will be made.
    package var retryAfter: Duration?

    package init(_ reason: Reason, status: Int? = nil, code: String? = nil, retryAfter: Duration? = nil) {
        self.reason = reason
        self.status = status
        self.code = code
        self.retryAfter = retryAfter
    }

    package var description: String {
        var text = reason.rawValue
        if let status { text += " (\(status))" }
        if let code { text += " \(code)" }
        return text
    }
}
