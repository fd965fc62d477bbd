import NIOSSL

/// Which certificate authorities are believed when a script is fetched.
package enum ScriptTrustRoots: Sendable {
    /// Those of the operating system.
    case system
    /// Those of a PEM file, and no others.
    case file(String)
    /// Those of a PEM text, and no others.
    case pem(String)

    /// A list without a certificate in it.
    struct Empty: Error {}

    /// TLS 1.2 or newer, full verification of chain and name, HTTP/1.1 only.
    func makeTLSContext() throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = .fullVerification
        tls.applicationProtocols = ["http/1.1"]
        switch self {
        case .system: tls.trustRoots = .default
        case .file(let path): tls.trustRoots = try Self.roots(NIOSSLCertificate.fromPEMFile(path))
        case .pem(let text): tls.trustRoots = try Self.roots(NIOSSLCertificate.fromPEMBytes(Array(text.utf8)))
        }
        return try NIOSSLContext(configuration: tls)
    }

    private static func roots(_ certificates: [NIOSSLCertificate]) throws -> NIOSSLTrustRoots {
        guard !certificates.isEmpty else { throw Empty() }
        return .certificates(certificates)
    }
}
