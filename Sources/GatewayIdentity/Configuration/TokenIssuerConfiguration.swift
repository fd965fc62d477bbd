/// One issuer whose tokens are accepted: an entry of `identity.tokenIssuers`.
package struct TokenIssuerConfiguration: Sendable, Hashable {
    /// The `iss` claim, compared exactly. No two entries may share one.
    package var issuer: String
    /// The `tid` claim, compared exactly.
    package var tenant: String
    /// One of these must be among the token's `aud`, compared exactly.
    package var audiences: [String]
    package var keySet: KeySetLocation
    /// Empty means the default by key: RS256 for RSA, ES256 for P-256.
    package var algorithms: [SigningAlgorithm]
    /// All of them must be in the `scp` of a person's token; a token without `scp` is not asked for any.
    package var requiredScopes: [String]
    /// PEM file of the authorities trusted for the key set's server; the system's otherwise.
    package var trustRootsFile: String?

    package init(
        issuer: String, tenant: String, audiences: [String], keySet: KeySetLocation,
        algorithms: [SigningAlgorithm] = [], requiredScopes: [String] = [], trustRootsFile: String? = nil
    ) {
        self.issuer = issuer
        self.tenant = tenant
        self.audiences = audiences
        self.keySet = keySet
        self.algorithms = algorithms
        self.requiredScopes = requiredScopes
        self.trustRootsFile = trustRootsFile
    }

    /// Whether a key of that type may check a signature by that algorithm for this issuer.
    func accepts(_ algorithm: SigningAlgorithm, from key: VerificationKey) -> Bool {
        guard key.supports(algorithm) else { return false }
        return self.algorithms.isEmpty ? algorithm == key.defaultAlgorithm : self.algorithms.contains(algorithm)
    }
}

/// Where an issuer's key set (RFC 7517 §5) is found.
package enum KeySetLocation: Sendable, Hashable {
    /// An https address; any other scheme is refused, for loopback too.
    case url(String)
    /// A file, read again when its content changes.
    case file(path: String)
}

/// What is wrong with an identity configuration.
package enum IdentityConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    case repeatedIssuer(String)
    case emptyValue(issuer: String, key: String)
    /// The key set's address is not a plain https URL.
    case keySetAddress(issuer: String)

    package var description: String {
        switch self {
        case .repeatedIssuer(let issuer): "token issuer \(issuer) is configured twice"
        case .emptyValue(let issuer, let key): "token issuer \(issuer): \(key) must not be empty"
        case .keySetAddress(let issuer):
            "token issuer \(issuer): the key set must be a file or an https URL without user information or fragment"
        }
    }
}
