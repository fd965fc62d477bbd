extension Configuration {
    /// Who may call.
    package struct Identity: Sendable, Hashable, Encodable {
        /// How far the clocks of issuer and gateway may differ.
        package let clockSkewSeconds: Int
        /// Empty only where client certificates are asked for.
        package let tokenIssuers: [TokenIssuer]
        package let metadata: Metadata
    }

    /// One issuer of tokens, as its tokens name it.
    package struct TokenIssuer: Sendable, Hashable, Encodable {
        package enum Algorithm: String, Sendable, Hashable, Encodable, CaseIterable {
            case rs256 = "RS256"
            case ps256 = "PS256"
            case es256 = "ES256"
        }
        /// The `iss` claim, compared exactly.
        package let issuer: String
        /// What the `tid` claim must be.
        package let tenant: String
        /// One of these must be the `aud` claim; never empty.
        package let audiences: [String]
        package let jwks: KeySetLocation
        /// Accepted algorithms; empty where the kind of each key decides (RSA RS256, P-256 ES256).
        package let algorithms: [Algorithm]
        /// Every scope that a person's token (one with `scp`) must have; empty for none.
        package let requiredScopes: [String]
        /// PEM file of the authorities for the key set's server; nil for the system's.
        package let trustRoots: String?
    }

    package enum KeySetLocation: Sendable, Hashable, Encodable {
        case url(HTTPSAddress)
        case file(String)
    }

    /// What `GET /metadata/endpoints` tells the Azure command line.
    package struct Metadata: Sendable, Hashable, Encodable {
        package let loginEndpoint: HTTPSAddress
        package let audiences: [String]
    }
}
