package import Redaction
package import StrictJSON

/// The body behind `Azure-AsyncOperation` (facts §5.4), in its old and new shape.
package struct OperationStatus: Sendable {
    package var status: String
    /// Elements of the result, where the operation was an action and has ended.
    package var elements: [ResultElement]?
    package var startTime: String?
    package var endTime: String?

    /// - Returns: `nil` if the body is not an operation status, or a known member of it has another type; a `null`
    ///   stands for none.
    package init?(_ node: JSONNode) {
        guard let status = node["status"]?.string, node["properties"].isNoneOr({ $0.members != nil }),
            node["error"].isNoneOr({ $0.members != nil }), node["startTime"].isNoneOr({ $0.string != nil }),
            node["endTime"].isNoneOr({ $0.string != nil })
        else { return nil }
        self.status = status
        self.startTime = node["startTime"]?.string
        self.endTime = node["endTime"]?.string
        let output = node["properties"]?["output"]
        guard output.isNoneOr({ $0.array != nil || ($0.members != nil && $0["value"].isNoneOr { $0.array != nil }) })
        else { return nil }
        if let nodes = output?["value"]?.array ?? output?.array {
            guard let elements = ResultElement.all(nodes) else { return nil }
            self.elements = elements
        }
    }

    /// With the secrets taken out of what becomes part of a record. The status stays: it says what the answer means.
    package func scrubbed(by scrubber: Scrubber) -> OperationStatus {
        var status = self
        status.elements = self.elements?.map { $0.scrubbed(by: scrubber) }
        status.startTime = self.startTime.map { scrubber.scrubbed($0).0 }
        status.endTime = self.endTime.map { scrubber.scrubbed($0).0 }
        return status
    }

    /// How it ended; `nil` while it runs.
    package var end: OutcomeStatus? { OutcomeStatus(terminal: self.status) }

    package var isTerminal: Bool { self.end != nil }

    /// The end, if it has ended. An action is failed if its operation failed or an element has level `Error`.
    package var outcome: Outcome? {
        guard let end = self.end else { return nil }
        var outcome = ActionResult(elements: self.elements ?? []).outcome
        if end != .succeeded { outcome.status = end }
        outcome.startTime = self.startTime
        outcome.endTime = self.endTime
        return outcome
    }
}

extension JSONNode? {
    /// Whether it is missing, `null`, or fits.
    func isNoneOr(_ fits: (JSONNode) -> Bool) -> Bool {
        guard let node = self, !node.isNull else { return true }
        return fits(node)
    }
}
