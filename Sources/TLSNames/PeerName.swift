package import NIOCore
import NIOSSL

/// The host name that the other side of a TLS connection has to prove, beyond what NIOSSL verifies.
package struct PeerName: Sendable, Hashable {
    /// The certificate does not name the host.
    package struct NotProved: Error {}

    private let host: String

    /// - Parameter host: where the connection goes to, without port; an IPv6 address with or without brackets.
    /// - Returns: nil for a literal IP address: that one NIOSSL itself holds against the certificate.
    package init?(host: String) {
        let host = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        guard (try? SocketAddress(ipAddress: host, port: 0)) == nil else { return nil }
        self.host = host
    }

    /// Whether the certificate of a finished handshake names the host. Without TLS or a certificate it is not proved.
    ///
    /// - Parameter pipeline: with the client's TLS handler in it; used on its event loop.
    package func isProved(in pipeline: ChannelPipeline.SynchronousOperations) -> Bool {
        guard let certificate = try? pipeline.handler(type: NIOSSLClientHandler.self).peerCertificate else {
            return false
        }
        return CertificateNames(of: certificate).contain(self.host)
    }

    /// For AsyncHTTPClient, which gives out a new connection only after its initializer has succeeded: fails, and drops
    /// the connection, if the name is not proved.
    ///
    /// - Parameter channel: after the handshake, on its event loop.
    package func requireProof(on channel: any Channel) -> EventLoopFuture<Void> {
        if self.isProved(in: channel.pipeline.syncOperations) { return channel.eventLoop.makeSucceededVoidFuture() }
        // In the next turn: the client must hear of the failure before it hears of the end, or it takes the one for the
        // other. Beneath TLS, since nobody waits for the farewell.
        channel.eventLoop.execute {
            if let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self) {
                tls.close(mode: .all, promise: nil)
            } else {
                channel.close(promise: nil)
            }
        }
        return channel.eventLoop.makeFailedFuture(NotProved())
    }
}
