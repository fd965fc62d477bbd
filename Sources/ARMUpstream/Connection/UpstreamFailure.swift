/// Why an exchange ended without an answer, in words that may stand in a metric label, a log line and an error:
/// a few fixed ones, never an address, a header or a byte of a body.
package struct UpstreamFailure: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The deadline of the exchange, or the time for connecting, passed.
        case timedOut
        /// Every connection was busy until the deadline.
        case poolExhausted
        /// The name could not be resolved.
        case dnsFailed
        case connectRefused
        /// Any other failure to connect.
        case connectFailed
        case tlsFailed
        /// The peer's chain or name did not pass verification.
        case certificateInvalid
        /// The connection ended before the answer did.
        case closed
        /// Bytes that are no HTTP/1.1 answer to the request.
        case malformedAnswer
        /// The answer is longer than the configured maximum.
        case tooLarge
        /// The answer has a content coding, although identity was asked for.
        case encoded
        /// The request itself cannot be put on the wire.
        case invalidRequest
        /// The gateway is stopping.
        case shuttingDown
    }

    /// How far the exchange had come.
    package enum Phase: String, Sendable, Hashable, CaseIterable {
        case waiting, connecting, awaitingHead, receivingBody
    }

    package var reason: Reason
    package var phase: Phase

    package init(_ reason: Reason, during phase: Phase) {
        self.reason = reason
        self.phase = phase
    }

    package var description: String { "\(reason.rawValue) while \(phase.rawValue)" }
}
