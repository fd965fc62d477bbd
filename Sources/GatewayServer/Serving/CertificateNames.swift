import GatewayIdentity
import PolicyCore
import Synchronization

/// The names in client certificates, read once a certificate and kept for the requests of its connections.
final class CertificateNames: Sendable {
    private static let capacity = 1_024
    private let known = Mutex<[[UInt8]: CertificateIdentity]>([:])

    func identity(_ der: [UInt8]) throws(AuthenticationFailure) -> CertificateIdentity {
        if let identity = self.known.withLock({ $0[der] }) { return identity }
        let identity = try ClientCertificates.identity(der: der)
        self.known.withLock { known in
            if known.count >= Self.capacity { known.removeAll() }
            known[der] = identity
        }
        return identity
    }
}
