/// What came back from ARM, taken apart by the adapter: only headers that may be relayed are in `headers`.
/// One object, since every step of relaying hands it on.
package final class UpstreamReply: Sendable {
    package let status: Int
    /// Relayable, in order; without links, `Retry-After` and content headers.
    package let headers: [(String, String)]
    package let location: String?
    package let asyncOperation: String?
    /// Whole seconds, in whatever form ARM asked to wait.
    package let retryAfter: String?
    /// ARM's `x-ms-request-id`, where it is a GUID.
    package let requestID: String?
    package let body: [UInt8]

    package init(
        status: Int, headers: [(String, String)] = [], location: String? = nil, asyncOperation: String? = nil,
        retryAfter: String? = nil, requestID: String? = nil, body: [UInt8] = []
    ) {
        self.status = status
        self.headers = headers
        self.location = location
        self.asyncOperation = asyncOperation
        self.retryAfter = retryAfter
        self.requestID = requestID
        self.body = body
    }
}

/// Exactly one of: nothing was sent, something was sent and no usable answer came, answered.
package enum UpstreamResult: Sendable {
    case answered(UpstreamReply)
    /// A bounded word for metrics and the record, e.g. `connectRefused`.
    case notSent(String)
    case outcomeUnknown(String)
}

/// The way to ARM. It takes nothing but a ``PermittedRequest``.
package protocol Upstream: Sendable {
    func send(_ request: PermittedRequest) async -> UpstreamResult
}
