import Crypto

/// How a forwarded command ended.
package enum OutcomeStatus: String, Sendable, Hashable {
    case succeeded, failed, canceled, timedOut, unknown

    /// The end that a state of ARM's operations and resources means, as SDKs compare it: without ASCII case.
    /// - Returns: `nil` for any other word: it still runs.
    package init?(terminal word: String) {
        if ASCIICase.areEqual(word, "Succeeded") {
            self = .succeeded
        } else if ASCIICase.areEqual(word, "Failed") {
            self = .failed
        } else if ASCIICase.areEqual(word, "Canceled") {
            self = .canceled
        } else {
            return nil
        }
    }
}

/// What is known of an end: the exit information, and digests of the output. Nothing of the output itself.
package struct Outcome: Sendable, Hashable {
    package var status: OutcomeStatus
    package var executionState: String?
    package var exitCode: Int64?
    /// Text by the service; may quote the script, so it is kept as a body like script text.
    package var executionMessage: String?
    package var outputSHA256: String?
    package var outputLength: Int?
    package var errorSHA256: String?
    package var errorLength: Int?
    package var startTime: String?
    package var endTime: String?

    package init(status: OutcomeStatus) { self.status = status }

    /// The end that an instance view tells.
    package init(_ view: InstanceView) {
        self.status = view.end ?? .unknown
        self.executionState = view.executionState
        self.exitCode = view.exitCode
        self.executionMessage = view.executionMessage
        self.startTime = view.startTime
        self.endTime = view.endTime
        self.setOutput(view.output)
        self.setError(view.error)
    }

    mutating func setOutput(_ text: String?) {
        guard let text else { return }
        self.outputSHA256 = text.withBytes { HexDigest.text(of: SHA256.hash(data: $0)) }
        self.outputLength = text.utf8.count
    }

    mutating func setError(_ text: String?) {
        guard let text else { return }
        self.errorSHA256 = text.withBytes { HexDigest.text(of: SHA256.hash(data: $0)) }
        self.errorLength = text.utf8.count
    }
}
