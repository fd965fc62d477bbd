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

    /// All that a principal is made of is handed on by reference: it goes along with a request to its very end.
    private var shared: SharedParts

    package init(
        kind: Kind, id: String, tenant: String? = nil, issuer: String? = nil, name: String? = nil,
        appID: String? = nil, tokenID: String? = nil, groups: Known<[String]> = .known([]), scopes: [String] = [],
        issuedAt: Int64? = nil, certificate: CertificateIdentity? = nil
    ) {
        self.shared = SharedParts(
            Parts(
                kind: kind, id: id, tenant: tenant, issuer: issuer, name: name, appID: appID, tokenID: tokenID,
                groups: groups, scopes: scopes, issuedAt: issuedAt, certificate: certificate))
    }

    package var kind: Kind {
        get { self.shared.parts.kind }
        set { self.change { $0.kind = newValue } }
    }
    /// The token's `oid`, or the certificate's first URI name, else its first DNS name.
    package var id: String {
        get { self.shared.parts.id }
        set { self.change { $0.id = newValue } }
    }
    package var tenant: String? {
        get { self.shared.parts.tenant }
        set { self.change { $0.tenant = newValue } }
    }
    package var issuer: String? {
        get { self.shared.parts.issuer }
        set { self.change { $0.issuer = newValue } }
    }
    /// For reading only (`name`, `upn`, `preferred_username`); never decides.
    package var name: String? {
        get { self.shared.parts.name }
        set { self.change { $0.name = newValue } }
    }
    /// `appid` or `azp`.
    package var appID: String? {
        get { self.shared.parts.appID }
        set { self.change { $0.appID = newValue } }
    }
    /// `uti` or `jti`.
    package var tokenID: String? {
        get { self.shared.parts.tokenID }
        set { self.change { $0.tokenID = newValue } }
    }
    /// Object ids of groups; unknown when the token left them out for their number.
    package var groups: Known<[String]> {
        get { self.shared.parts.groups }
        set { self.change { $0.groups = newValue } }
    }
    package var scopes: [String] {
        get { self.shared.parts.scopes }
        set { self.change { $0.scopes = newValue } }
    }
    /// Seconds since 1970 (`iat`).
    package var issuedAt: Int64? {
        get { self.shared.parts.issuedAt }
        set { self.change { $0.issuedAt = newValue } }
    }
    package var certificate: CertificateIdentity? {
        get { self.shared.parts.certificate }
        set {
            // Most callers of a remembered token have none, now as before.
            if newValue == nil, self.shared.parts.certificate == nil { return }
            self.change { $0.certificate = newValue }
        }
    }

    /// The ids as rules compare them.
    var ids: CallerIDs { self.shared.ids }

    package static func == (a: Principal, b: Principal) -> Bool { a.shared.parts == b.shared.parts }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.shared.parts) }

    private mutating func change(_ body: (inout Parts) -> Void) {
        var parts = self.shared.parts
        body(&parts)
        self.shared = SharedParts(parts)
    }

    private struct Parts: Sendable, Hashable {
        var kind: Kind
        var id: String
        var tenant: String?
        var issuer: String?
        var name: String?
        var appID: String?
        var tokenID: String?
        var groups: Known<[String]>
        var scopes: [String]
        var issuedAt: Int64?
        var certificate: CertificateIdentity?
    }

    private final class SharedParts: Sendable {
        let parts: Parts
        let ids: CallerIDs

        init(_ parts: Parts) {
            self.parts = parts
            self.ids = CallerIDs(
                kind: parts.kind, id: parts.id, tenant: parts.tenant, appID: parts.appID, groups: parts.groups)
        }
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
