extension Configuration {
    /// Azure Resource Manager and how the gateway signs in to it.
    package struct Upstream: Sendable, Hashable, Encodable {
        /// Scheme, host and port; the only host that requests and polls go to.
        package let endpoint: HTTPSAddress
        /// PEM file of the authorities for the endpoint; nil for the system's.
        package let trustRoots: String?
        /// How long one exchange may take from its first byte to its last.
        package let deadlineSeconds: Int
        /// How long an idle connection is kept.
        package let idleSeconds: Int
        /// Connections at a time.
        package let connections: Int
        package let credential: Credential
    }

    /// The gateway's own credential for ARM.
    package struct Credential: Sendable, Hashable, Encodable {
        package let kind: CredentialKind
        /// Where tokens come from, for the kinds that ask an authority.
        package let authority: HTTPSAddress
        /// PEM file of the authorities for `authority`; nil for the system's.
        package let trustRoots: String?
        /// What the token is for, as the token request names it.
        package let resource: String
    }

    package enum CredentialKind: Sendable, Hashable, Encodable {
        case managedIdentity(ManagedIdentitySelection)
        case clientSecret(tenant: String, clientID: String, clientSecretFile: String)
        case clientCertificate(tenant: String, clientID: String, certificateFile: String, privateKeyFile: String)
        case workloadIdentity(tenant: String, clientID: String, tokenFile: String)
        /// A token that something else keeps fresh; read again when the file changes.
        case tokenFile(path: String)
        /// The caller's own token.
        case passthrough
    }

    /// Which of a machine's identities to use.
    package enum ManagedIdentitySelection: Sendable, Hashable, Encodable {
        case system
        case clientID(String)
        case objectID(String)
        case resourceID(String)
    }
}
