/// Where a value stands.
package struct YAMLMark: Sendable, Hashable {
    /// The file as the person named it, or the name of an environment variable.
    package var file: String
    /// Counted from 1; nil for a whole file or an environment variable.
    package var line: Int?
    /// Counted from 1, in Unicode scalars.
    package var column: Int?

    package init(file: String, line: Int? = nil, column: Int? = nil) {
        self.file = file
        self.line = line
        self.column = column
    }
}

/// A value and where it stands, so that a later check can still point at it.
package struct Marked<Value> {
    package var value: Value
    package var mark: YAMLMark

    package init(_ value: Value, at mark: YAMLMark) {
        self.value = value
        self.mark = mark
    }
}

extension Marked: Sendable where Value: Sendable {}
