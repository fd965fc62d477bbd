/// What came back from ARM, taken apart by the adapter: only headers that may be relayed are in `headers`.
package struct UpstreamReply: Sendable {
    package var status: Int
    /// Relayable, in order; without links, `Retry-After` and content headers.
    package var headers: [(String, String)]
    package var location: String?
    package var asyncOperation: String?
    /// Whole seconds, in whatever form ARM asked to wait.
    package var retryAfter: String?
    /// ARM's `x-ms-request-id`, where it is a GUID.
    package var requestID: String?
    package var body: [UInt8]

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
