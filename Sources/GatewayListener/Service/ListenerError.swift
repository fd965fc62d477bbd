/// Why a listener cannot start. No text of it holds anything of a key.
package enum ListenerError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadableFile(String)
    case notACertificate(String)
    case notAPrivateKey(String)
    /// Certificate and key do not belong together, or TLS cannot use them.
    case unusablePair(certificate: String, key: String)
    /// Client certificates are asked for, but nobody says whose are believed.
    case clientTrustRootsMissing
    /// Another process listens there, or the address is not ours.
    case cannotBind(host: String, port: Int, reason: String)
    /// The listener ended before it was bound.
    case notRunning

    package var description: String {
        switch self {
        case .unreadableFile(let path): "\(path) cannot be read"
        case .notACertificate(let path): "\(path) holds no certificate in PEM"
        case .notAPrivateKey(let path): "\(path) holds no private key in PEM"
        case .unusablePair(let certificate, let key): "\(certificate) and \(key) do not belong together"
        case .clientTrustRootsMissing: "client certificates are asked for, but no clientTrustRoots are given"
        case .cannotBind(let host, let port, let reason): "cannot listen on \(host), port \(port): \(reason)"
        case .notRunning: "the listener ended before it was bound"
        }
    }
}
