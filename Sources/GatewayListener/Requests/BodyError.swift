/// Why a request's body is not to be had.
package enum BodyError: Error, Sendable, Equatable {
    /// Longer than the limit, by its declared length or by what has arrived.
    case tooLarge
    /// It did not arrive whole within the time for receiving.
    case timedOut
    /// Its framing is broken.
    case malformed
    /// The client left before it had sent all of it; nobody waits for an answer.
    case disconnected

    /// The refusal to answer with, if somebody is there to read it.
    package var refusal: TransportRefusal {
        switch self {
        case .tooLarge: .bodyTooLarge
        case .timedOut: .timedOut
        case .malformed, .disconnected: .malformed
        }
    }
}
