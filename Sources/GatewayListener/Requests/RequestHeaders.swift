import NIOHTTP1

/// The headers of a request as they were received: names in any case, repeats kept, in order.
package struct RequestHeaders: Sendable {
    private let fields: HTTPHeaders

    init(_ fields: HTTPHeaders) { self.fields = fields }

    package init(_ fields: [(String, String)] = []) { self.fields = HTTPHeaders(fields) }

    /// The first value under a name, compared without ASCII case.
    package func first(_ name: String) -> String? { fields.first(name: name) }

    /// Every field in order, one for each time it stands there; commas are not taken apart.
    package func visit(_ body: (_ name: String, _ value: String) -> Void) {
        for (name, value) in fields { body(name, value) }
    }
}
