package import HTTPMessages

/// ARM's whole answer, head and body.
package struct UpstreamAnswer: Sendable {
    /// From 200 up: informational answers are skipped.
    package var status: Int
    package var headers: ReceivedFields
    package var body: [UInt8]

    package init(status: Int, headers: ReceivedFields, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}

extension UpstreamAnswer: CustomStringConvertible, CustomReflectable {
    /// Without fields and body: links are signed, and outputs may hold secrets.
    package var description: String { "\(status), \(body.count) bytes" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// How one exchange with ARM ended. Exactly one of the three is true, and at-most-once delivery rests on it.
package enum ExchangeResult: Sendable {
    /// A whole answer came.
    case answered(UpstreamAnswer)
    /// No byte of the request can have reached ARM: trying again is safe.
    case notSent(UpstreamFailure)
    /// The request, or a part of it, may have reached ARM and no usable answer came.
    case outcomeUnknown(UpstreamFailure)
}
