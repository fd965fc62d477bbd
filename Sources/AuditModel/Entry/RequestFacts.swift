package import ARMModel

/// What every row about one request repeats, so that each row can be read alone.
package struct RequestFacts: Sendable {
    /// Ours; a GUID in lower case.
    package var requestID: String
    /// The caller's if it was a GUID, else ours.
    package var correlationID: String
    package var clientRequestID: String?
    package var clientAddress: String
    package var operation: Operation?
    package var family: CommandFamily
    package var target: ResourceTarget?
    package var apiVersion: String?
    package var justification: String?
    /// HMAC over method, target, version and canonical body with its secrets; base64.
    package var requestDigest: String?
    /// The earlier request that this one repeats.
    package var repeatOf: String?
    /// The earlier request of unknown outcome that the caller says it knows about.
    package var acknowledgedRequest: String?

    package init(
        requestID: String, correlationID: String, clientRequestID: String?, clientAddress: String,
        operation: Operation? = nil, family: CommandFamily = .standard, target: ResourceTarget? = nil,
        apiVersion: String? = nil, justification: String? = nil, requestDigest: String? = nil, repeatOf: String? = nil
    ) {
        self.requestID = requestID
        self.correlationID = correlationID
        self.clientRequestID = clientRequestID
        self.clientAddress = clientAddress
        self.operation = operation
        self.family = family
        self.target = target
        self.apiVersion = apiVersion
        self.justification = justification
        self.requestDigest = requestDigest
        self.repeatOf = repeatOf
    }
}

/// A body that could not be read: its length and what was wrong, and nothing of the body itself, since a secret may
/// stand under a misspelt name.
package struct UnreadableContent: Sendable, Hashable {
    package var length: Int
    package var reason: String
    package var offset: Int?

    package init(length: Int, reason: String, offset: Int?) {
        self.length = length
        self.reason = reason
        self.offset = offset
    }
}

/// What came back from ARM, or did not.
package struct UpstreamFacts: Sendable, Hashable {
    package var status: Int?
    /// `error.code` of ARM's answer, or how forwarding failed.
    package var code: String?
    package var requestID: String?
    package var operationID: String?
    package var durationMilliseconds: Int64
    /// `answered`, `notSent` or `outcomeUnknown`.
    package var result: String
    /// Secrets removed from the answer before it was relayed.
    package var redactions: Int

    package init(
        result: String, status: Int? = nil, code: String? = nil, requestID: String? = nil, operationID: String? = nil,
        durationMilliseconds: Int64, redactions: Int = 0
    ) {
        self.result = result
        self.status = status
        self.code = code
        self.requestID = requestID
        self.operationID = operationID
        self.durationMilliseconds = durationMilliseconds
        self.redactions = redactions
    }
}
