package import Redaction
package import StrictJSON

/// The result of an action: `value[]`, from 2018-04-01; before that an operation status (facts §5.1).
package struct ActionResult: Sendable {
    package var elements: [ResultElement]
    /// In the old form, where the elements alone do not say whether the operation failed.
    private var status: OperationStatus?

    package init(elements: [ResultElement]) { self.elements = elements }

    /// - Returns: `nil` if the body is neither `{"value": […]}` nor the old operation status of one that has ended, or
    ///   an element is none.
    package init?(_ node: JSONNode) {
        if let nodes = node["value"]?.array {
            guard let elements = ResultElement.all(nodes) else { return nil }
            self.elements = elements
        } else if let status = OperationStatus(node), let end = status.end,
            status.elements != nil || end != .succeeded
        {
            self.elements = status.elements ?? []
            self.status = status
        } else {
            return nil
        }
    }

    /// With the secrets taken out of what becomes part of a record.
    package func scrubbed(by scrubber: Scrubber) -> ActionResult {
        var result = self
        result.elements = self.elements.map { $0.scrubbed(by: scrubber) }
        result.status = self.status?.scrubbed(by: scrubber)
        return result
    }

    package var outcome: Outcome { self.status?.outcome ?? self.outcomeOfElements }

    private var outcomeOfElements: Outcome {
        let hasError = self.elements.contains { $0.level.map { ASCIICase.areEqual($0, "Error") } ?? false }
        var outcome = Outcome(status: hasError ? .failed : .succeeded)
        func message(_ part: String) -> String? {
            self.elements.first { ASCIISearch.contains($0.code ?? "", lowerCase: part) }?.message
        }
        let (output, error) = (message("/stdout/"), message("/stderr/"))
        // One element without these words holds both streams (Linux).
        outcome.setOutput(output ?? (error == nil ? self.elements.first?.message : nil))
        outcome.setError(error)
        return outcome
    }
}
