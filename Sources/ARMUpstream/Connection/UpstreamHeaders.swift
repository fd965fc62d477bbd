import NIOHTTP1

/// The header fields of an answer, in the order in which they came, repeated ones kept; names compare without
/// ASCII case.
package struct UpstreamHeaders: Sendable, Sequence {
    private let fields: HTTPHeaders

    init(_ fields: HTTPHeaders) { self.fields = fields }

    package init(_ pairs: [(String, String)]) { self.fields = HTTPHeaders(pairs) }

    /// The first value under that name, or nil.
    package func first(_ name: String) -> String? { fields.first(name: name) }

    /// Every value under that name, one an occurrence; a list with commas stays whole.
    package func values(_ name: String) -> [String] { fields[name] }

    /// The value under that name if it occurs exactly once: what a decision may be based on.
    package func only(_ name: String) -> String? {
        let all = fields[name]
        return all.count == 1 ? all[0] : nil
    }

    package func makeIterator() -> AnyIterator<(name: String, value: String)> {
        var inner = fields.makeIterator()
        return AnyIterator { inner.next() }
    }
}

extension UpstreamHeaders: CustomStringConvertible, CustomReflectable {
    /// Only how many there are: `location` and its like are signed.
    package var description: String { "\(Array(self).count) header fields" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
