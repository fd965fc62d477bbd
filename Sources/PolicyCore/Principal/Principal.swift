package import ARMModel

/// Who calls, as established from a verified token or client certificate. Handlers cannot run without one.
package struct Principal: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
        /// A person's token.
        case user
        /// A token that an application got for itself.
        case application
        /// A token that is neither for certain; only `object:` and groups match it.
        case object
        /// A client certificate alone.
        case certificate
    }

    package var kind: Kind
    /// The token's `oid`, or the certificate's first URI name, else its first DNS name.
    package var id: String
    package var tenant: String?
    package var issuer: String?
    /// For reading only (`name`, `upn`, `preferred_username`); never decides.
    package var name: String?
    /// `appid` or `azp`.
    package var appID: String?
    /// `uti` or `jti`.
    package var tokenID: String?
    /// Object ids of groups; unknown when the token left them out for their number.
    package var groups: Known<[String]>
    package var scopes: [String]
    /// Seconds since 1970 (`iat`).
    package var issuedAt: Int64?
    package var certificate: CertificateIdentity?

    package init(
        kind: Kind, id: String, tenant: String? = nil, issuer: String? = nil, name: String? = nil,
        appID: String? = nil, tokenID: String? = nil, groups: Known<[String]> = .known([]), scopes: [String] = [],
        issuedAt: Int64? = nil, certificate: CertificateIdentity? = nil
    ) {
        self.kind = kind
        self.id = id
        self.tenant = tenant
        self.issuer = issuer
        self.name = name
        self.appID = appID
        self.tokenID = tokenID
        self.groups = groups
        self.scopes = scopes
        self.issuedAt = issuedAt
        self.certificate = certificate
    }
}

/// A verified client certificate: its URI and DNS names, and which certificate it was. A common name is never used.
package struct CertificateIdentity: Sendable, Hashable {
    package var uriNames: [String]
    package var dnsNames: [String]
    /// SHA-256 of the DER, lower-case hexadecimal.
    package var sha256: String

    package init(uriNames: [String], dnsNames: [String], sha256: String) {
        self.uriNames = uriNames
        self.dnsNames = dnsNames
        self.sha256 = sha256
    }

    package var names: [String] { self.uriNames + self.dnsNames }
}
