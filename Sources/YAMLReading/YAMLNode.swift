/// A YAML document as written: nothing resolved, nothing guessed, every value with its place.
package struct YAMLNode: Sendable {
    /// How a scalar was written, which decides what it may be read as.
    package enum Style: Sendable {
        /// Without quotes: may be a number, `true`, `false`, nothing, or text.
        case plain
        /// In quotes or as a block: always text.
        case quoted
        /// From an environment variable, which knows no quotes: whatever the reader asks for.
        case environment
    }

    /// One member of a mapping.
    package struct Member: Sendable {
        package var key: String
        package var keyMark: YAMLMark
        package var value: YAMLNode
    }

    package enum Content: Sendable {
        case scalar(String, Style)
        case sequence([YAMLNode])
        case mapping([Member])
    }

    package var content: Content
    package var mark: YAMLMark

    package init(_ content: Content, at mark: YAMLMark) {
        self.content = content
        self.mark = mark
    }
}

extension YAMLNode {
    /// Whether nothing stands here: `key:`, `key: ~`, `key: null` (the YAML 1.2 core schema's nulls).
    package var isNull: Bool {
        guard case .scalar(let text, .plain) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// What stands here, for a message: "a list", "a number", …
    package var kind: String {
        switch content {
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        case .scalar(let text, let style):
            if isNull { return "nothing" }
            guard style == .plain else { return "text" }
            if PlainScalar.isBoolean(text) { return "a boolean" }
            return PlainScalar.isNumber(text) ? "a number" : "text"
        }
    }
}
