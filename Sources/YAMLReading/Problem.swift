/// One thing that is wrong, or merely suspicious, in a file that a person wrote.
///
/// Problems are values to be shown together, never thrown one at a time: whoever writes a configuration or a policy sees
/// everything that is wrong with it in one go.
package struct Problem: Sendable, Hashable {
    /// How much it matters: an error refuses the file, a warning is only shown.
    package enum Severity: String, Sendable, Hashable {
        case error, warning
    }

    /// The file as the person named it, or the name of the environment variable that holds the value.
    package var file: String
    /// Counted from 1; nil where the whole file is meant or the value came from the environment.
    package var line: Int?
    /// Counted from 1, in Unicode scalars.
    package var column: Int?
    /// A sentence without its full stop, for a person; never holds a secret.
    package var message: String
    package var severity: Severity

    package init(
        file: String, line: Int? = nil, column: Int? = nil, message: String, severity: Severity = .error
    ) {
        self.file = file
        self.line = line
        self.column = column
        self.message = message
        self.severity = severity
    }

    /// A problem at a place that a reader handed out.
    package init(at mark: YAMLMark, _ message: String, severity: Severity = .error) {
        self.init(file: mark.file, line: mark.line, column: mark.column, message: message, severity: severity)
    }
}

extension Problem: CustomStringConvertible {
    /// `file:line: message`, the form that editors jump to; a warning says so.
    package var description: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return severity == .warning ? "\(place): warning: \(message)" : "\(place): \(message)"
    }
}

extension Problem: Comparable {
    /// In the order of reading: by file, then line, then column; problems of a whole file first.
    package static func < (left: Problem, right: Problem) -> Bool {
        (left.file, left.line ?? 0, left.column ?? 0, left.message)
            < (right.file, right.line ?? 0, right.column ?? 0, right.message)
    }
}
