/// The PEM files of the listener's TLS side.
package struct TLSFiles: Sendable, Equatable {
    /// The server's certificate, leaf first, then its intermediates.
    package var certificateChain: String
    package var privateKey: String
    package var clientCertificates: ClientCertificateMode
    /// The authorities whose client certificates are believed; required unless the mode is `none`.
    package var clientTrustRoots: String?

    package init(
        certificateChain: String, privateKey: String, clientCertificates: ClientCertificateMode = .none,
        clientTrustRoots: String? = nil
    ) {
        self.certificateChain = certificateChain
        self.privateKey = privateKey
        self.clientCertificates = clientCertificates
        self.clientTrustRoots = clientTrustRoots
    }
}

/// Whether clients are asked for a certificate. One that is shown must always verify.
package enum ClientCertificateMode: String, Sendable, CaseIterable {
    case none, optional, required
}
