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

    /// Tolerant: ARM may add members, and leaves out what it does not know.
    package init(_ node: JSONNode) {
        self.executionState = node["executionState"]?.string
        self.executionMessage = node["executionMessage"]?.string
        self.exitCode = node["exitCode"]?.integer.flatMap(Int32.init(exactly:)).map(Int64.init)
        self.output = node["output"]?.string
        self.error = node["error"]?.string
        self.startTime = node["startTime"]?.string
        self.endTime = node["endTime"]?.string
    }

    /// The states in which the script no longer runs. The set is open; any other means that it may still run.
    package var isTerminal: Bool {
        ["Succeeded", "Failed", "TimedOut", "Canceled"].contains { $0 == self.executionState }
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
