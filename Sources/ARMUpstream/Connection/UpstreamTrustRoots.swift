import NIOSSL

/// Which certificate authorities are believed.
package enum UpstreamTrustRoots: Sendable {
    /// Those of the operating system.
    case system
    /// Those of a PEM file, and no others.
    case file(String)
    /// Those of a PEM text, and no others.
    case pem(String)

    var nioRoots: NIOSSLTrustRoots {
        get throws {
            switch self {
            case .system: return .default
            case .file(let path): return .certificates(try Self.nonEmpty(NIOSSLCertificate.fromPEMFile(path)))
            case .pem(let text):
                return .certificates(try Self.nonEmpty(NIOSSLCertificate.fromPEMBytes(Array(text.utf8))))
            }
        }
    }

    /// An empty list would be a silent "trust nobody"; it is a mistake of the operator and is told at the start.
    private static func nonEmpty(_ certificates: [NIOSSLCertificate]) throws -> [NIOSSLCertificate] {
        guard !certificates.isEmpty else { throw UpstreamConfigurationError.noTrustRoots }
        return certificates
    }
}
