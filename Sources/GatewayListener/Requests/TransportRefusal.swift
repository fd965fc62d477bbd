/// Why the listener refuses a request that it never hands on, or whose body it does not deliver.
package enum TransportRefusal: Error, Sendable, Equatable, CaseIterable {
    /// The bytes are not an HTTP request.
    case malformed
    /// HTTP/1.0, or a version that does not exist.
    case unsupportedVersion
    /// No host is named.
    case missingHost
    /// More than one host is named.
    case repeatedHost
    /// The body's length is told twice, or in two ways, or in a coding other than `chunked`.
    case ambiguousLength
    /// An `Expect` other than `100-continue`.
    case unknownExpectation
    /// Target and headers are longer than allowed.
    case headersTooLarge
    /// The body is longer than allowed.
    case bodyTooLarge
    /// The request did not arrive whole in time.
    case timedOut

    /// The HTTP status to answer with.
    package var status: Int {
        switch self {
        case .malformed, .unsupportedVersion, .missingHost, .repeatedHost, .ambiguousLength: 400
        case .timedOut: 408
        case .bodyTooLarge: 413
        case .unknownExpectation: 417
        case .headersTooLarge: 431
        }
    }

    /// One sentence for the person who reads the answer. It quotes nothing of the request.
    package var reason: String {
        switch self {
        case .malformed: "The request is not well-formed HTTP."
        case .unsupportedVersion: "Only HTTP/1.1 and HTTP/2 are served."
        case .missingHost: "The request names no host."
        case .repeatedHost: "The request names more than one host."
        case .ambiguousLength: "The length of the request's body is not told in exactly one way."
        case .unknownExpectation: "The only expectation served is 100-continue."
        case .headersTooLarge: "The request's target and headers are longer than this gateway reads."
        case .bodyTooLarge: "The request's body is longer than this gateway reads."
        case .timedOut: "The request did not arrive in time."
        }
    }
}
