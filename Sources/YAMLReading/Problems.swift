/// Collects problems while files are read, so that reading goes on after the first.
///
/// Used by one reader at a time; hand out `sorted` when done.
package final class Problems {
    /// In the order in which they were found.
    package private(set) var all: [Problem] = []

    package init() {}

    package func add(_ problem: Problem) {
        // The same rule can look at one value twice; saying it twice helps nobody.
        if !all.contains(problem) { all.append(problem) }
    }

    package func error(_ message: String, at mark: YAMLMark) {
        add(Problem(at: mark, message))
    }

    package func warning(_ message: String, at mark: YAMLMark) {
        add(Problem(at: mark, message, severity: .warning))
    }

    /// Whether what was read must be refused.
    package var hasErrors: Bool { all.contains { $0.severity == .error } }

    package var errors: [Problem] { sorted.filter { $0.severity == .error } }
    package var warnings: [Problem] { sorted.filter { $0.severity == .warning } }

    /// By file and line, as a person goes through them.
    package var sorted: [Problem] { all.sorted() }
}
