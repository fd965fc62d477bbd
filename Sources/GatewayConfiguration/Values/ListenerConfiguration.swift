extension Configuration {
    /// The listener that callers reach.
    package struct Listener: Sendable, Hashable, Encodable {
        package let host: String
        /// 0 takes any free port.
        package let port: Int
        /// Servers on the port, each with an event loop of its own; one for each core where it is not set.
        package let eventLoops: Int?
        /// Base of every URL handed to clients: scheme, host and port, without a slash at the end.
        package let publicURL: HTTPSAddress
        package let tls: TLS
        package let limits: Limits
    }

    package struct TLS: Sendable, Hashable, Encodable {
        package enum ClientCertificates: String, Sendable, Hashable, Encodable, CaseIterable {
            case none, optional, required
        }
        /// PEM file: the server's certificate first, then the intermediate ones.
        package let certificateChain: String
        /// PEM file.
        package let privateKey: String
        package let clientCertificates: ClientCertificates
        /// PEM file of the authorities for client certificates; there whenever these are asked for.
        package let clientTrustRoots: String?
    }

    /// What one connection or request may take.
    package struct Limits: Sendable, Hashable, Encodable {
        /// Request line and headers together.
        package let headerBytes: Int
        package let bodyBytes: Int
        /// Open connections at a time.
        package let connections: Int
        /// Streams of one HTTP/2 connection at a time.
        package let streams: Int
        /// How long a connection may stay open without a request.
        package let idleSeconds: Int
        /// How long receiving one request may take, from its first byte to its last.
        package let requestSeconds: Int
    }
}
