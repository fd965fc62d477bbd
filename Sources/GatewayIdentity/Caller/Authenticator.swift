package import PolicyCore
import Redaction

/// Establishes who calls: by a bearer token, or by a verified client certificate where there is no token.
///
/// A token names the principal and a certificate beside it is only added to it; a token that is refused is the end,
/// whatever certificate there is.
package struct Authenticator: Sendable {
    package let tokens: BearerTokenVerifier

    package init(tokens: BearerTokenVerifier) { self.tokens = tokens }

    /// The whole answer where it is at hand: a failure that needs no key, a certificate alone, a remembered token.
    /// Never waits, so a handler may ask here first.
    ///
    /// - Returns: nil if ``authenticate(authorizationHeaders:certificate:now:)`` has to be asked.
    package func authenticateAtOnce(
        authorizationHeaders: [String], certificate: CertificateIdentity?, now: Int64
    ) -> Result<Principal, AuthenticationFailure>? {
        let token: Substring?
        do throws(AuthenticationFailure) {
            token = try BearerCredential.token(in: authorizationHeaders)
        } catch {
            return .failure(error)
        }
        guard let token else { return Self.principal(of: certificate) }
        guard var principal = self.tokens.rememberedPrincipal(of: token, at: now) else { return nil }
        principal.certificate = certificate
        return .success(principal)
    }

    /// - Parameters:
    ///   - authorizationHeaders: the values of every `Authorization` header of the request.
    ///   - certificate: of the connection, verified in the handshake.
    ///   - now: seconds since 1970.
    package func authenticate(
        authorizationHeaders: [String], certificate: CertificateIdentity?, now: Int64
    ) async -> Result<Principal, AuthenticationFailure> {
        if let answer = self.authenticateAtOnce(
            authorizationHeaders: authorizationHeaders, certificate: certificate, now: now)
        {
            return answer
        }
        do throws(AuthenticationFailure) {
            guard let token = try BearerCredential.token(in: authorizationHeaders) else { throw .missing }
            var principal = try await self.tokens.principal(of: Secret(String(token)), at: now)
            principal.certificate = certificate
            return .success(principal)
        } catch {
            return .failure(error)
        }
    }

    private static func principal(of certificate: CertificateIdentity?) -> Result<Principal, AuthenticationFailure> {
        guard let certificate else { return .failure(.missing) }
        guard let id = certificate.uriNames.first ?? certificate.dnsNames.first else {
            return .failure(.unusableCertificate)
        }
        return .success(Principal(kind: .certificate, id: id, certificate: certificate))
    }
}
