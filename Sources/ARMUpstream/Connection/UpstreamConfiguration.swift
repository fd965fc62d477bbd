package import NIOCore
import NIOSSL

/// What keeps the connections from being set up.
package enum UpstreamConfigurationError: Error, Sendable, Hashable {
    /// The file or text of trust roots holds no certificate.
    case noTrustRoots
    /// The endpoint's host is neither a name that TLS can verify nor an address.
    case unusableHost
}

/// How connections to ARM are made and kept.
package struct UpstreamConfiguration: Sendable {
    package var endpoint: UpstreamEndpoint
    package var trustRoots: UpstreamTrustRoots
    /// Open connections at most, shared out among the event loops; each loop may have at least one. One that is
    /// closing in good order (a second at most) is no longer counted.
    package var maximumConnections: Int
    /// How long an unused connection is kept; below what ARM's front keeps, so that we close first.
    package var idleTime: TimeAmount
    /// How long a connection is unused before the kernel is asked whether it still stands. The event loop looks at its
    /// sockets far more often than that, and has seen whatever came to them before it began its turn.
    package var restedTime: TimeAmount
    /// How old a connection may become before it is given no further exchange: addresses change.
    package var maximumAge: TimeAmount
    /// Name resolution, TCP and TLS together, at most.
    package var connectTime: TimeAmount
    /// The longest answer body that is taken.
    package var maximumBodyBytes: Int

    package init(
        endpoint: UpstreamEndpoint, trustRoots: UpstreamTrustRoots = .system, maximumConnections: Int = 64,
        idleTime: TimeAmount = .seconds(20), restedTime: TimeAmount = .milliseconds(5),
        maximumAge: TimeAmount = .minutes(10), connectTime: TimeAmount = .seconds(10), maximumBodyBytes: Int = 8 << 20
    ) {
        self.endpoint = endpoint
        self.trustRoots = trustRoots
        self.maximumConnections = maximumConnections
        self.idleTime = idleTime
        self.restedTime = restedTime
        self.maximumAge = maximumAge
        self.connectTime = connectTime
        self.maximumBodyBytes = maximumBodyBytes
    }

    /// TLS 1.2 or newer, full verification of chain and name, HTTP/1.1 only.
    func makeTLSContext() throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = .fullVerification
        tls.trustRoots = try trustRoots.nioRoots
        tls.applicationProtocols = ["http/1.1"]
        tls.shutdownTimeout = .seconds(1)
        return try NIOSSLContext(configuration: tls)
    }
}
