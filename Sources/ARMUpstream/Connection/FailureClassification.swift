import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension UpstreamFailure.Reason {
    /// What an error of the attempt to connect, TLS handshake included, comes down to.
    static func ofConnecting(_ error: any Error) -> Self {
        switch error {
        case let error as NIOConnectionError:
            if let first = error.connectionErrors.first { return ofConnecting(first.error) }
            return error.dnsAError != nil || error.dnsAAAAError != nil ? .dnsFailed : .connectFailed
        case is SocketAddressError:
            return .dnsFailed
        case let error as ChannelError:
            if case .connectTimeout = error { return .timedOut }
            return .connectFailed
        case let error as IOError:
            if error.errnoCode == ECONNREFUSED { return .connectRefused }
            return error.errnoCode == ETIMEDOUT ? .timedOut : .connectFailed
        case let error as NIOSSLExtraError:
            return error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch
                ? .certificateInvalid : .tlsFailed
        case let error as NIOSSLError:
            switch error {
            case .handshakeFailed(let cause): return ofHandshake(cause)
            case .unableToValidateCertificate, .noCertificateToValidate: return .certificateInvalid
            default: return .tlsFailed
            }
        case let error as BoringSSLError:
            return ofHandshake(error)
        default:
            return .connectFailed
        }
    }

    /// BoringSSL tells an untrusted chain from every other failure only by the name of its reason.
    private static func ofHandshake(_ error: BoringSSLError) -> Self {
        guard case .sslError(let stack) = error else { return .tlsFailed }
        return stack.contains { $0.description.contains("CERTIFICATE_VERIFY_FAILED") }
            ? .certificateInvalid : .tlsFailed
    }
}
