import Foundation

/// A script to run and everything it is given.
struct ScriptRun: Sendable {
    var script: String
    /// Positional arguments.
    var arguments: [String] = []
    /// The whole environment, in order; of two equal names the last counts.
    var variables: [Variable] = []
    /// Seconds after which the script's process group is killed.
    var timeoutSeconds: Int

    struct Variable: Sendable, Equatable {
        var name: String
        var value: String
    }
}

/// How a script ended.
struct ScriptOutcome: Sendable {
    enum Ending: Sendable, Equatable {
        case exited, timedOut, canceled
        /// It never began.
        case notStarted(String)
    }

    var ending: Ending
    /// The shell's exit code; 128 and the signal's number if one ended it; -1 if it was killed or never began.
    var exitCode: Int
    var output: String
    var error: String
    var startTime: Date
    var endTime: Date

    /// Canned text, as if a command had just printed it and ended well.
    static func canned(_ output: String) -> ScriptOutcome {
        let now = Date()
        return ScriptOutcome(ending: .exited, exitCode: 0, output: output, error: "", startTime: now, endTime: now)
    }

    static func notStarted(_ why: String) -> ScriptOutcome {
        let now = Date()
        return ScriptOutcome(
            ending: .notStarted(why), exitCode: -1, output: "", error: why, startTime: now, endTime: now)
    }
}
