import NIOCore
import NIOHTTP1
import NIOSSL

extension FetchRefusal.Reason {
    /// What an error before TLS stands comes down to.
    static func ofHandshake(_ error: any Error) -> Self {
        switch error {
        case let error as NIOSSLExtraError:
            error == .failedToValidateHostname || error == .serverHostnameImpossibleToMatch
                ? .certificateInvalid : .tlsFailed
        case NIOSSLError.handshakeFailed(.sslError(let stack)):
            self.ofStack(stack)
        case BoringSSLError.sslError(let stack):
            self.ofStack(stack)
        case NIOSSLError.unableToValidateCertificate, NIOSSLError.noCertificateToValidate:
            .certificateInvalid
        default:
            .tlsFailed
        }
    }

    /// BoringSSL tells an untrusted chain from every other failure only by the name of its reason.
    private static func ofStack(_ stack: [BoringSSLInternalError]) -> Self {
        stack.contains { $0.description.contains("CERTIFICATE_VERIFY_FAILED") } ? .certificateInvalid : .tlsFailed
    }

    /// What an error of an established connection comes down to.
    static func ofAnswer(_ error: any Error) -> Self {
        switch error {
        case let error as HTTPParserError:
            // The parser saw the end of the stream inside a message: a cut, not a wrong byte.
            error == .invalidEOFState ? .closed : .malformedAnswer
        case is NIOHTTPDecoderError, is ByteToMessageDecoderError:
            .malformedAnswer
        default:
            .closed
        }
    }
}
