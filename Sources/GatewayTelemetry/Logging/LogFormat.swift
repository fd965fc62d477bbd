/// How log lines look; the words of `logging.format`.
package enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// One JSON object a line, for machines.
    case json
    /// For people at a terminal.
    case text
}
