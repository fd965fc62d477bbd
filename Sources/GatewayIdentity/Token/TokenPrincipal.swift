import PolicyCore

extension Principal {
    /// The principal of a verified token.
    ///
    /// - Parameter objectID: the token's `oid`: stable, and the same person or application in every application.
    init(claims: TokenClaims, objectID: String, tenant: String) {
        self.init(
            kind: Self.kind(of: claims, objectID: objectID), id: objectID, tenant: tenant, issuer: claims.issuer,
            name: claims.name, appID: claims.clientID, tokenID: claims.tokenID, groups: claims.groups,
            scopes: claims.scopes ?? [], issuedAt: claims.issuedAt)
    }

    /// A person, an application that got the token for itself, or neither for certain.
    ///
    /// `idtyp` is an optional claim and says it outright. Without it a person's token has `scp`, and an application's
    /// has none and its own object id for subject, which a person's never has. Where the signs disagree it is neither.
    private static func kind(of claims: TokenClaims, objectID: String) -> Kind {
        let isItsOwnSubject = claims.subject == objectID
        return switch (claims.tokenType, claims.scopes != nil) {
        case ("app", false): .application
        case ("user", true), (nil, true): isItsOwnSubject ? .object : .user
        case (nil, false): isItsOwnSubject ? .application : .object
        default: .object
        }
    }
}
