/// Why nobody could be established as the caller: a bounded set of reasons, fit for a metric label, a log line and the
/// `authenticationFailed` row.
///
/// The description is fixed text: it never quotes the token, a claim or a name in a certificate. Every reason but
/// ``keysUnavailable`` is a 401 `AuthenticationFailed`; that one is a 503 `IdentityUnavailable`.
package enum AuthenticationFailure: String, Error, Sendable, Hashable, CaseIterable {
    /// Neither a token nor a client certificate.
    case missing
    /// More than one `Authorization` header.
    case repeatedHeader
    /// An `Authorization` header of another scheme than `Bearer`.
    case unsupportedScheme
    /// Not a compact JWS with strict base64url, or header or claims are not strict JSON of the expected types.
    case malformed
    /// Longer than a token may be.
    case tooLarge
    /// The header names an algorithm that is not configured for the issuer or does not belong to the key.
    case unsupportedAlgorithm
    /// The header has `crit`, or another member that asks for processing that is not offered.
    case criticalHeader
    case unknownIssuer
    case wrongAudience
    case wrongTenant
    case expired
    /// `nbf` or `iat` lies in the future.
    case notYetValid
    /// No `kid`, or one that is not in the issuer's key set.
    case unknownKey
    case badSignature
    /// No `oid`, so nobody to name.
    case missingObjectID
    /// An id token: it tells a client who signed in, and gives access to nothing.
    case idToken
    /// A token that counts only with a proof of possession (`cnf`, RFC 7800), which a bearer cannot give.
    case boundToken
    /// A person's token without a scope that the issuer's configuration requires.
    case missingScope
    /// The client certificate cannot be read, or names nobody by URI or DNS name.
    case unusableCertificate
    /// No usable key set: never loaded, or refreshing has failed for too long.
    case keysUnavailable
}

extension AuthenticationFailure: CustomStringConvertible {
    /// Whether the caller may be right and the gateway cannot tell: 503 `IdentityUnavailable` rather than 401.
    package var isUnavailable: Bool { self == .keysUnavailable }

    package var description: String {
        switch self {
        case .missing: "A bearer token or a client certificate is required."
        case .repeatedHeader: "The request has more than one Authorization header."
        case .unsupportedScheme: "The Authorization header must use the Bearer scheme."
        case .malformed: "The bearer token is malformed."
        case .tooLarge: "The bearer token is too large."
        case .unsupportedAlgorithm: "The bearer token's signature algorithm is not accepted."
        case .criticalHeader: "The bearer token's header asks for processing that is not supported."
        case .unknownIssuer: "The bearer token's issuer is not trusted."
        case .wrongAudience: "The bearer token is meant for another audience."
        case .wrongTenant: "The bearer token belongs to another tenant."
        case .expired: "The bearer token has expired."
        case .notYetValid: "The bearer token is not valid yet."
        case .unknownKey: "The bearer token's signing key is not known."
        case .badSignature: "The bearer token's signature is not valid."
        case .missingObjectID: "The bearer token has no oid claim."
        case .idToken: "An id token was sent; an access token is required."
        case .boundToken: "The token is bound to a key and cannot be used as a bearer token."
        case .missingScope: "The bearer token lacks a required scope."
        case .unusableCertificate: "The client certificate has no usable URI or DNS name."
        case .keysUnavailable: "The token issuer's keys are not available."
        }
    }
}
