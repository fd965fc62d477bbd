import Foundation

/// A long-running operation, as polling shows it.
struct Operation: Sendable {
    enum Status: String, Sendable {
        case inProgress = "InProgress", succeeded = "Succeeded", failed = "Failed", canceled = "Canceled"
    }

    /// What a synchronous call would have answered, for the Location form.
    enum Final: Sendable {
        /// The result of an action; the second form is that of 2017.
        case action(elements: SimulatorJSON, isOldForm: Bool)
        /// The stored command of this key as it then is.
        case command(StoredCommandKey)
        /// Nothing: 204.
        case nothing
    }

    var id: String
    /// The GUID that stands as `p` in its links.
    var partition: String
    var subscription: String
    var apiVersion: String
    var startTime = Date()
    var endTime: Date?
    var status = Status.inProgress
    var final: Final
    var failure: ARMFailure?

    /// The body of the `Azure-AsyncOperation` form.
    var statusBody: SimulatorJSON {
        var members: [SimulatorJSON.Member] = [.init("startTime", .string(Timestamp.text(self.startTime)))]
        if let endTime { members.append(.init("endTime", .string(Timestamp.text(endTime)))) }
        members.append(.init("status", .string(self.status.rawValue)))
        if self.status == .succeeded, case .action(let elements, let isOldForm) = self.final {
            members.append(.init("properties", ["output": isOldForm ? elements : ["value": elements]]))
        }
        members.append(.init("name", .string(self.id)))
        if let failure { members.append(.init("error", failure.detail)) }
        return .object(members)
    }
}
