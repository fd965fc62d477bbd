package import Redaction
package import StrictJSON

/// How a managed command's script stands or ended (`properties.instanceView`, facts §5.3).
package struct InstanceView: Sendable, Hashable {
    package var executionState: String?
    package var executionMessage: String?
    package var exitCode: Int64?
    package var output: String?
    package var error: String?
    package var startTime: String?
    package var endTime: String?
    /// Told apart from the code itself, which may be a secret.
    private var exitsWithFailure = false

    /// Tolerant: ARM may add members, and leaves out what it does not know.
    package init(_ node: JSONNode) {
        self.executionState = node["executionState"]?.string
        self.executionMessage = node["executionMessage"]?.string
        self.exitCode = node["exitCode"]?.integer.flatMap(Int32.init(exactly:)).map(Int64.init)
        self.exitsWithFailure = (self.exitCode ?? 0) != 0
        self.output = node["output"]?.string
        self.error = node["error"]?.string
        self.startTime = node["startTime"]?.string
        self.endTime = node["endTime"]?.string
    }

    /// The states in which the script no longer runs, as SDKs compare them: without ASCII case. The set is open; any
    /// other means that it may still run.
    package var isTerminal: Bool { self.end != nil }

    var end: OutcomeStatus? {
        guard let state = self.executionState else { return nil }
        if ASCIICase.areEqual(state, "TimedOut") { return .timedOut }
        guard let end = OutcomeStatus(terminal: state) else { return nil }
        return end == .succeeded && self.exitsWithFailure ? .failed : end
    }

    private static let states = ["Unknown", "Pending", "Running", "Failed", "Succeeded", "TimedOut", "Canceled"]

    /// With the secrets taken out of its texts. A state that the API defines stays, whatever a secret may be.
    package func scrubbed(by scrubber: Scrubber) -> InstanceView {
        var view = self
        func clean(_ text: String?) -> String? { text.map { scrubber.scrubbed($0).0 } }
        if let state = self.executionState, !Self.states.contains(where: { ASCIICase.areEqual($0, state) }) {
            view.executionState = clean(state)
        }
        if let code = self.exitCode, scrubber.scrubbed(String(code)).removed > 0 { view.exitCode = nil }
        view.executionMessage = clean(self.executionMessage)
        view.output = clean(self.output)
        view.error = clean(self.error)
        view.startTime = clean(self.startTime)
        view.endTime = clean(self.endTime)
        return view
    }

    /// Type check of a view that a caller sends along: known members, right types.
    package static func isWellFormed(_ node: JSONNode) -> Bool {
        guard let members = node.members else { return false }
        return members.allSatisfy { member in
            switch member.name {
            case "executionState", "executionMessage", "output", "error", "startTime", "endTime":
                member.value.string != nil
            case "exitCode": member.value.integer.flatMap(Int32.init(exactly:)) != nil
            case "statuses":
                member.value.array?.allSatisfy { status in
                    status.members?.allSatisfy { entry in
                        ["code", "level", "displayStatus", "message", "time"].contains(entry.name)
                            && entry.value.string != nil
                    } ?? false
                } ?? false
            default: false
            }
        }
    }
}
