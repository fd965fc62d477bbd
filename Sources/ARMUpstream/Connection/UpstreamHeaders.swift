import NIOHTTP1

/// The header fields of an answer, in the order in which they came, repeated ones kept; names compare without
/// ASCII case.
package struct UpstreamHeaders: Sendable {
    /// Every field in order, one for each occurrence; a list with commas stays whole.
    let fields: HTTPHeaders

    init(_ fields: HTTPHeaders) { self.fields = fields }

    package init(_ pairs: [(String, String)]) { self.fields = HTTPHeaders(pairs) }
}

extension UpstreamHeaders: CustomStringConvertible, CustomReflectable {
    /// Only how many there are: `location` and its like are signed.
    package var description: String { "\(fields.count) header fields" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
