extension YAMLMapping {
    /// Text; nil if absent, or wrong and reported.
    ///
    /// - Parameters:
    ///   - numbersAsText: whether a plain number may stand here, taken as it is written; for ids.
    ///   - allowEmpty: whether `""` is a value.
    package func string(_ key: String, numbersAsText: Bool = false, allowEmpty: Bool = false) -> String? {
        guard let node = node(key) else { return nil }
        return text(of: node, name: name(of: key), numbersAsText: numbersAsText, allowEmpty: allowEmpty)
    }

    /// Text that must be there; nil after reporting that it is not.
    package func requiredString(_ key: String, numbersAsText: Bool = false) -> String? {
        require(key) ? string(key, numbersAsText: numbersAsText) : nil
    }

    /// A decimal integer within bounds; nil if absent, or wrong and reported.
    package func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = node(key) else { return nil }
        guard case .scalar(let text, let style) = node.content, style != .quoted, let value = PlainScalar.integer(text)
        else {
            error(key, "must be a whole number without quotes, not \(node.kind)")
            return nil
        }
        guard range.contains(value) else {
            let bounds =
                range.upperBound == .max
                ? "at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
            error(key, "must be \(bounds)")
            return nil
        }
        return value
    }

    /// `true` or `false`; nil if absent, or wrong and reported.
    package func boolean(_ key: String) -> Bool? {
        guard let node = node(key) else { return nil }
        if case .scalar(let text, let style) = node.content, style != .quoted, text == "true" || text == "false" {
            return text == "true"
        }
        error(key, "must be true or false, without quotes")
        return nil
    }

    /// One of the values of a type whose raw values are the words in the file; nil if absent, or wrong and reported.
    package func choice<Choice>(_ key: String, _ type: Choice.Type = Choice.self) -> Choice?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        guard let node = node(key) else { return nil }
        guard case .scalar(let text, _) = node.content, let choice = Choice(rawValue: text) else {
            error(key, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
            return nil
        }
        return choice
    }

    /// A list of texts; nil if absent or not a list. Wrong elements are reported and left out.
    package func strings(_ key: String, numbersAsText: Bool = false) -> [String]? {
        markedStrings(key, numbersAsText: numbersAsText)?.map(\.value)
    }

    /// A list of texts, each with its place. From the environment: separated by commas, spaces around them dropped.
    package func markedStrings(_ key: String, numbersAsText: Bool = false) -> [Marked<String>]? {
        guard let node = node(key) else { return nil }
        var elements: [YAMLNode]
        switch node.content {
        case .sequence(let written): elements = written
        case .scalar(let text, .environment):
            let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(Self.trimmed)
            elements = parts == [""] ? [] : parts.map { YAMLNode(.scalar($0, .environment), at: node.mark) }
        default:
            error(key, "must be a list, not \(node.kind)")
            return nil
        }
        return elements.enumerated().compactMap { position, element in
            text(of: element, name: "\(name(of: key))[\(position)]", numbersAsText: numbersAsText, allowEmpty: false)
                .map { Marked($0, at: element.mark) }
        }
    }

    /// Text from a node that stands for `name`; nil after reporting why not.
    package func text(of node: YAMLNode, name: String, numbersAsText: Bool, allowEmpty: Bool) -> String? {
        guard case .scalar(let text, let style) = node.content, !node.isNull else {
            problems.error(
                node.isNull
                    ? "'\(name)' has no value; leave the key out or give one"
                    : "'\(name)' must be text, not \(node.kind)",
                at: node.mark)
            return nil
        }
        if text.isEmpty, !allowEmpty {
            problems.error("'\(name)' must not be empty", at: node.mark)
            return nil
        }
        guard style == .plain else { return text }
        if PlainScalar.isBoolean(text) || (PlainScalar.isNumber(text) && !numbersAsText) {
            problems.error("'\(name)' must be text, not \(node.kind); put it in quotes", at: node.mark)
            return nil
        }
        return text
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
