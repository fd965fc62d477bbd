/// What the shell gets to know.
package enum ExitStatus: Int32, Sendable {
    case success = 0
    /// A finding, or something that did not work.
    case failure = 1
    /// A command line that says nothing we know (`EX_USAGE`).
    case usage = 64
}
