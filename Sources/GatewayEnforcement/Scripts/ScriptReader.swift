package import ARMModel

/// The text behind a script's address, or why there is none.
package enum ScriptReading: Sendable {
    /// The whole text, as its host sent it.
    case text(String)
    case refused(ScriptReadingFailure)
}

/// Why a script was not fetched. Neither word nor message holds a part of the address or a byte of an answer.
package struct ScriptReadingFailure: Sendable, Hashable {
    /// A bounded word for the record, e.g. `timedOut`.
    package var code: String
    /// A clause for the caller, without a full stop at its end: "the script's address answered with status 404".
    package var message: String
    /// Whether the same request may well succeed in a while: the host was not reached, or could not serve just then.
    package var isTransient: Bool

    package init(code: String, message: String, isTransient: Bool) {
        self.code = code
        self.message = message
        self.isTransient = isTransient
    }
}

/// The way to scripts behind addresses. What it is given was allowed by the policy: https, a listed host, no managed
/// identity. Which IP addresses it may connect to is its own to check.
package protocol ScriptReader: Sendable {
    /// - Parameter maximumBytes: the longest text that is taken; a longer one is refused, not cut.
    func read(_ address: WebAddress, maximumBytes: Int) async -> ScriptReading
}
