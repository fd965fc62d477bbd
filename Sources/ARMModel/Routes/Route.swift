/// One operation of the surface: how it is spelt on the wire, since when it exists, and what it carries.
package final class Route: Sendable {
    /// One segment of a path: a word of ARM's, or a name with its own rule.
    package enum Segment: Sendable, Hashable {
        case word(Word)
        case subscription, resourceGroup, virtualMachine, scaleSet, instance, runCommand, location, operationID
        /// Id of a built-in command in a location document's path.
        case commandID
    }

    /// A word of ARM's, which stands in the code: to look at it makes no copy of a text.
    package struct Word: Sendable, Hashable, ExpressibleByStringLiteral {
        private let literal: StaticString

        package init(stringLiteral literal: StaticString) { self.literal = literal }

        package var text: String { self.withBytes { String(decoding: $0, as: UTF8.self) } }

        func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
            body(UnsafeBufferPointer(start: self.literal.utf8Start, count: self.literal.utf8CodeUnitCount))
        }

        package static func == (a: Word, b: Word) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }
        package func hash(into hasher: inout Hasher) { hasher.combine(self.text) }
    }

    package enum Method: String, Sendable, Hashable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// What the request body is.
    package enum Body: Sendable, Hashable { case none, action, managedCreate, managedUpdate }

    package enum QueryName: String, Sendable, Hashable {
        case apiVersion = "api-version"
        case expand = "$expand"
        case monitor
        /// Where a list goes on: ours, sealed; never ARM's own.
        case skipToken = "$skiptoken"
    }

    /// Azure's operation id, for the manual and for metrics.
    package let name: String
    package let method: Method
    package let path: [Segment]
    package let operation: Operation
    package let family: CommandFamily
    package let body: Body
    /// The version that introduced it; every later one of the same list has it too.
    package let since: APIVersion
    package let query: [QueryName]
    package let allowsTrailingSlash: Bool

    init(
        name: String, method: Method, path: [Segment], operation: Operation, family: CommandFamily = .standard,
        body: Body = .none, since: APIVersion, query: [QueryName] = [.apiVersion], allowsTrailingSlash: Bool = false
    ) {
        self.name = name
        self.method = method
        self.path = path
        self.operation = operation
        self.family = family
        self.body = body
        self.since = since
        self.query = query
        self.allowsTrailingSlash = allowsTrailingSlash
    }
}
