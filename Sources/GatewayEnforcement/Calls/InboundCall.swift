package import PolicyCore
package import Redaction

/// A request of a known caller, as the listener hands it over. There is no such value without a principal.
package final class InboundCall: Sendable {
    package let method: String
    /// Path and query, byte for byte as received.
    package let target: String
    package let principal: Principal
    /// The same caller, as the owner of what the call may begin.
    let owner: OperationOwner
    package let clientAddress: String
    /// The caller's own token, where it is to be passed through.
    package let callerToken: Secret?
    package let headers: CallHeaders
    /// Whether a body is announced (a length above zero, or chunked).
    package let hasBody: Bool
    /// Reads the body within the listener's limits.
    package let readBody: @Sendable () async throws(BodyFailure) -> [UInt8]
    /// Asks to be told, at most once, that the caller's connection ended while the call was still being served.
    package let whenAbandoned: @Sendable (@escaping @Sendable () -> Void) -> Void

    package init(
        method: String, target: String, principal: Principal, clientAddress: String, callerToken: Secret? = nil,
        headers: CallHeaders, hasBody: Bool,
        whenAbandoned: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { _ in },
        readBody: @escaping @Sendable () async throws(BodyFailure) -> [UInt8]
    ) {
        self.method = method
        self.target = target
        self.principal = principal
        self.owner = OperationOwner(principal)
        self.clientAddress = clientAddress
        self.callerToken = callerToken
        self.headers = headers
        self.hasBody = hasBody
        self.readBody = readBody
        self.whenAbandoned = whenAbandoned
    }
}

/// The caller's headers that mean something here; all others are dropped.
package struct CallHeaders: Sendable {
    package var contentType: [String] = []
    package var contentEncoding: [String] = []
    package var clientRequestID: String?
    package var correlationRequestID: String?
    package var returnsClientRequestID = false
    package var justification: String?
    /// `x-sallyport-repeat`: the request whose outcome nobody knows, and which the caller knows to send again.
    package var acknowledgedRequest: String?
    package var acceptLanguage: String?
    package var preconditions = Preconditions()

    package init() {}
}

/// Why a body did not arrive.
package enum BodyFailure: Error, Sendable, Hashable {
    case tooLarge
    case timedOut
    /// The caller left or broke the protocol in the middle.
    case broken
}
