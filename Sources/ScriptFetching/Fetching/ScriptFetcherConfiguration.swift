package import NIOCore

/// How scripts are fetched, for all rules alike. Which hosts are allowed and how large a script may be comes with each
/// fetch.
package struct ScriptFetcherConfiguration: Sendable {
    /// For everything together: resolving, connecting, TLS and the whole answer.
    package let deadline: TimeAmount
    package let trustRoots: ScriptTrustRoots
    /// Fetches at the same time; one more is refused as busy.
    package let maximumFetches: Int
    /// Whether a listed host may be an IP address. It must be public all the same.
    package let allowsLiteralAddresses: Bool
    /// The ports that an address may name; without one 443 is meant, and must be among them.
    package let ports: Set<Int>
    /// Whether loopback addresses count as public. For tests, whose server has no other.
    package let allowsLoopback: Bool
    package let resolver: HostResolver
    /// The port connected to, whatever the address names. For tests, whose server cannot have 443.
    package let connectsToPort: Int?

    /// - Parameter resolver: nil for the operating system's.
    package init(
        deadline: TimeAmount = .seconds(10), trustRoots: ScriptTrustRoots = .system, maximumFetches: Int = 16,
        allowsLiteralAddresses: Bool = false, ports: Set<Int> = [443], allowsLoopback: Bool = false,
        resolver: HostResolver? = nil, connectsToPort: Int? = nil
    ) {
        self.deadline = deadline
        self.trustRoots = trustRoots
        self.maximumFetches = maximumFetches
        self.allowsLiteralAddresses = allowsLiteralAddresses
        self.ports = ports
        self.allowsLoopback = allowsLoopback
        self.resolver = resolver ?? .system(maximumLookUps: maximumFetches)
        self.connectsToPort = connectsToPort
    }
}
