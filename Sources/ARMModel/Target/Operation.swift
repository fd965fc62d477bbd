/// What a request asks for, in the words of policies and records.
package enum Operation: String, Sendable, Hashable, CaseIterable {
    /// POST action.
    case run
    /// PUT, of a new or an existing managed command.
    case create
    /// PATCH, judged on the merged command.
    case update
    case delete
    /// One managed command.
    case read
    case list
    /// Location documents.
    case catalog
    /// The plain reads that az needs beside the run command itself.
    case companion
    /// A polling link; authorised by ownership, so no rule can name it.
    case poll

    /// Whether a script runs, so that scripts, accounts and limits are judged.
    package var runsScript: Bool { self == .run || self == .create || self == .update }
}

/// The two sets of managed commands that a machine has.
package enum CommandFamily: String, Sendable, Hashable, CaseIterable {
    case standard, diagnostic
}
