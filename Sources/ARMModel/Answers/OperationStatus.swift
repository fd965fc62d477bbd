import Crypto
package import StrictJSON

/// How a forwarded command ended.
package enum OutcomeStatus: String, Sendable, Hashable {
    case succeeded, failed, canceled, timedOut, unknown
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
        self.status =
            switch view.executionState {
            case "Succeeded": view.exitCode.map { $0 == 0 } ?? true ? .succeeded : .failed
            case "Failed": .failed
            case "TimedOut": .timedOut
            case "Canceled": .canceled
            default: .unknown
            }
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
        self.outputSHA256 = HexDigest.text(of: SHA256.hash(data: Array(text.utf8)))
        self.outputLength = text.utf8.count
    }

    mutating func setError(_ text: String?) {
        guard let text else { return }
        self.errorSHA256 = HexDigest.text(of: SHA256.hash(data: Array(text.utf8)))
        self.errorLength = text.utf8.count
    }
}

/// The body behind `Azure-AsyncOperation` (facts §5.4), in its old and new shape.
package struct OperationStatus: Sendable {
    package var status: String
    /// Elements of the result, where the operation was an action and has ended.
    package var elements: [JSONNode]?
    package var startTime: String?
    package var endTime: String?

    /// - Returns: `nil` if the body is not an operation status.
    package init?(_ node: JSONNode) {
        guard let status = node["status"]?.string else { return nil }
        self.status = status
        self.startTime = node["startTime"]?.string
        self.endTime = node["endTime"]?.string
        let output = node["properties"]?["output"]
        self.elements = output?["value"]?.array ?? output?.array
    }

    /// Any other word means that it still runs.
    package var isTerminal: Bool { ["Succeeded", "Failed", "Canceled"].contains(self.status) }

    /// The end, if it has ended. An action is failed if its operation failed or an element has level `Error`.
    package var outcome: Outcome? {
        guard self.isTerminal else { return nil }
        var outcome = ActionResult(elements: self.elements ?? []).outcome
        if self.status == "Canceled" { outcome.status = .canceled }
        if self.status == "Failed" { outcome.status = .failed }
        outcome.startTime = self.startTime
        outcome.endTime = self.endTime
        return outcome
    }
}

/// The result of an action: `value[]`, from 2018-04-01; before that an operation status (facts §5.1).
package struct ActionResult: Sendable {
    package var elements: [JSONNode]
    /// In the old form, where the elements alone do not say whether the operation failed.
    private var status: OperationStatus?

    package init(elements: [JSONNode]) { self.elements = elements }

    /// - Returns: `nil` if the body is neither `{"value": […]}` nor the old operation status of one that has ended.
    package init?(_ node: JSONNode) {
        if let elements = node["value"]?.array {
            self.elements = elements
        } else if let status = OperationStatus(node), status.isTerminal,
            status.elements != nil || status.status != "Succeeded"
        {
            self.elements = status.elements ?? []
            self.status = status
        } else {
            return nil
        }
    }

    package var outcome: Outcome { self.status?.outcome ?? self.outcomeOfElements }

    private var outcomeOfElements: Outcome {
        let hasError = self.elements.contains { $0["level"]?.string.map { ASCIICase.areEqual($0, "Error") } ?? false }
        var outcome = Outcome(status: hasError ? .failed : .succeeded)
        func message(_ part: String) -> String? {
            self.elements.first { ASCIISearch.contains($0["code"]?.string ?? "", lowerCase: part) }?["message"]?.string
        }
        let (output, error) = (message("/stdout/"), message("/stderr/"))
        // One element without these words holds both streams (Linux).
        outcome.setOutput(output ?? (error == nil ? self.elements.first?["message"]?.string : nil))
        outcome.setError(error)
        return outcome
    }
}
