/// Turns a host name into addresses. A fetch asks once and connects only to what it was told then.
package struct HostResolver: Sendable {
    private let lookUp: @Sendable (String) async throws -> [IPAddress]

    /// - Parameter lookUp: every address that the name has now, preferred ones first; an error or an empty list where
    ///   there is none.
    package init(_ lookUp: @escaping @Sendable (String) async throws -> [IPAddress]) { self.lookUp = lookUp }

    func addresses(of name: String) async throws -> [IPAddress] { try await self.lookUp(name) }

    /// The operating system's own, a hosts file included, in its order of preference (RFC 6724).
    package static func system(maximumLookUps: Int) -> HostResolver {
        let resolver = SystemHostResolver(maximumLookUps: maximumLookUps)
        return HostResolver { try await resolver.addresses(of: $0) }
    }
}
