/// Where the gateway listens, how it proves itself, and how much it takes from anyone.
package struct ListenerConfiguration: Sendable {
    /// Address or name to bind.
    package var host: String
    /// Port to bind; 0 lets the system choose (``Listener/boundPort()`` tells which).
    package var port: Int
    package var tls: TLSFiles
    package var limits: ListenerLimits
    /// How long requests in flight may still take once shutdown has begun; then their connections are cut.
    package var shutdown: Duration
    /// How often certificate and key files are looked at for change.
    package var certificateCheckInterval: Duration

    package init(
        host: String, port: Int, tls: TLSFiles, limits: ListenerLimits = ListenerLimits(),
        shutdown: Duration = .seconds(100), certificateCheckInterval: Duration = .seconds(30)
    ) {
        self.host = host
        self.port = port
        self.tls = tls
        self.limits = limits
        self.shutdown = shutdown
        self.certificateCheckInterval = certificateCheckInterval
    }
}
