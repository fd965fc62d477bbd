import Foundation

/// How the last run of a stored command went, as `$expand=instanceView` shows it.
struct InstanceView: Sendable {
    var executionState = "Pending"
    var executionMessage = ""
    var exitCode = 0
    var output = ""
    var error = ""
    var startTime: Date?
    var endTime: Date?

    init() {}

    init(runningSince date: Date) {
        self.executionState = "Running"
        self.executionMessage = "Execution in progress"
        self.startTime = date
    }

    init(_ outcome: ScriptOutcome, timeoutSeconds: Int) {
        self.exitCode = outcome.exitCode
        self.output = outcome.output
        self.error = outcome.error
        self.startTime = outcome.startTime
        self.endTime = outcome.endTime
        switch outcome.ending {
        case .exited:
            self.executionState = outcome.exitCode == 0 ? "Succeeded" : "Failed"
            self.executionMessage =
                outcome.exitCode == 0
                ? "Execution completed"
                : "Execution failed: failed to execute command: command terminated with exit status=\(outcome.exitCode)"
        case .timedOut:
            self.executionState = "TimedOut"
            self.executionMessage = "Execution failed: the script did not end within \(timeoutSeconds) seconds."
        case .canceled:
            self.executionState = "Canceled"
            self.executionMessage = "Execution was canceled."
        case .notStarted(let why):
            self.executionState = "Failed"
            self.executionMessage = "Execution failed: \(why)"
        }
    }

    var json: SimulatorJSON {
        var members: [SimulatorJSON.Member] = [
            .init("executionState", .string(self.executionState)),
            .init("executionMessage", .string(self.executionMessage)),
            .init("exitCode", .number(String(self.exitCode))),
            .init("output", .string(self.output)), .init("error", .string(self.error)),
        ]
        if let startTime { members.append(.init("startTime", .string(Timestamp.text(startTime)))) }
        if let endTime { members.append(.init("endTime", .string(Timestamp.text(endTime)))) }
        return .object(members + [.init("statuses", [])])
    }
}
