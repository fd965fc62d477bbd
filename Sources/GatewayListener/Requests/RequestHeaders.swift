import NIOHTTP1

/// The headers of a request as they were received: names in any case, repeats kept, in order.
package struct RequestHeaders: Sendable, Sequence {
    private let fields: HTTPHeaders

    init(_ fields: HTTPHeaders) { self.fields = fields }

    package init(_ fields: [(String, String)] = []) { self.fields = HTTPHeaders(fields) }

    package var count: Int { fields.count }

    /// The first value under a name, compared without ASCII case.
    package func first(_ name: String) -> String? { fields.first(name: name) }

    /// Every value under a name, one for each time it stands there; commas are not taken apart.
    package func values(_ name: String) -> [String] { fields[name] }

    package func contains(_ name: String) -> Bool { fields.contains(name: name) }

    package func makeIterator() -> AnyIterator<(name: String, value: String)> {
        var iterator = fields.makeIterator()
        return AnyIterator { iterator.next().map { (name: $0.name, value: $0.value) } }
    }
}
