/// What one caller, or all together, may take up.
package struct ListenerLimits: Sendable, Equatable {
    /// Request line and headers of one request, in bytes: over HTTP/1.1 as they stand on the wire, over HTTP/2 names and
    /// values.
    package var headerBytes: Int
    package var bodyBytes: Int
    /// Open connections, over all event loops.
    package var connections: Int
    /// HTTP/2 streams open at once in one connection.
    package var streams: Int
    /// How long a connection may stay open without a request.
    package var idle: Duration
    /// How long one request may take to arrive, head and body; also the TLS handshake.
    package var request: Duration
    /// How much of a body that nobody wants is read after the answer, before the connection is closed.
    package var drainBytes: Int
    /// How long that may take.
    package var drain: Duration

    package init(
        headerBytes: Int = 32768, bodyBytes: Int = 1_048_576, connections: Int = 4096, streams: Int = 100,
        idle: Duration = .seconds(60), request: Duration = .seconds(30), drainBytes: Int = 65536,
        drain: Duration = .seconds(2)
    ) {
        self.headerBytes = headerBytes
        self.bodyBytes = bodyBytes
        self.connections = connections
        self.streams = streams
        self.idle = idle
        self.request = request
        self.drainBytes = drainBytes
        self.drain = drain
    }
}
