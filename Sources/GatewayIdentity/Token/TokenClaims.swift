import ARMModel
import StrictJSON

/// The claims that decide anything, read strictly: a claim of the wrong type is an error, never absent.
///
/// Names and meanings as in the Microsoft identity platform's access token reference (v1.0 and v2.0).
struct TokenClaims {
    let issuer: String
    let audiences: [String]
    let tenant: String?
    let objectID: String?
    let subject: String?
    let expires: Int64
    let notBefore: Int64?
    let issuedAt: Int64?
    /// `idtyp`: `app`, `user`, or something else.
    let tokenType: String?
    /// `scp`; nil if the claim is absent, which is not the same as empty.
    let scopes: [String]?
    /// `appid` (v1.0) or `azp` (v2.0).
    let clientID: String?
    let tokenID: String?
    let name: String?
    /// Unknown if the issuer left the groups out for their number.
    let groups: Known<[String]>
    let isIDToken: Bool
    /// `cnf`: whoever sends the token must also prove to hold a key.
    let isBound: Bool

    /// Year 9999: beyond it nothing is a time, and sums cannot overflow.
    private static let lastInstant: Int64 = 253_402_300_799

    init(_ claims: JSONNode) throws(AuthenticationFailure) {
        guard let issuer = try Self.string("iss", claims), let expires = try Self.instant("exp", claims) else {
            throw .malformed
        }
        self.issuer = issuer
        self.expires = expires
        self.notBefore = try Self.instant("nbf", claims)
        self.issuedAt = try Self.instant("iat", claims)
        self.audiences = try Self.audiences(claims)
        self.tenant = try Self.string("tid", claims)
        self.objectID = try Self.string("oid", claims)
        self.subject = try Self.string("sub", claims)
        self.tokenType = try Self.string("idtyp", claims)
        self.scopes = try Self.string("scp", claims)?.split(separator: " ").map(String.init)
        let version1 = try Self.string("appid", claims)
        let version2 = try Self.string("azp", claims)
        if let version1, let version2, version1 != version2 { throw .malformed }
        let clientID = version1 ?? version2
        self.clientID = clientID
        self.tokenID = Self.firstText(["uti", "jti"], claims)
        self.name = Self.firstText(["name", "upn", "preferred_username", "unique_name"], claims)
        self.groups = try Self.groups(claims)
        self.isIDToken = Self.isIDToken(claims, clientID: clientID)
        self.isBound = claims["cnf"] != nil
    }

    /// Entra's access tokens always name the client they were given to (`appid` or `azp`); its id tokens never do.
    /// `nonce`, `at_hash` and `c_hash` stand in id tokens only (OpenID Connect Core §2, §3.3.2.11), and other issuers
    /// say so in `typ`.
    private static func isIDToken(_ claims: JSONNode, clientID: String?) -> Bool {
        if (clientID ?? "").isEmpty { return true }
        if (["nonce", "at_hash", "c_hash"] as [StaticString]).contains(where: { claims[$0] != nil }) { return true }
        return claims["typ"]?.string?.lowercased() == "id"
    }

    private static func audiences(_ claims: JSONNode) throws(AuthenticationFailure) -> [String] {
        guard let claim = claims["aud"] else { throw .wrongAudience }
        if let one = claim.string { return [one] }
        guard let several = claim.array else { throw .malformed }
        return try self.strings(several)
    }

    private static func groups(_ claims: JSONNode) throws(AuthenticationFailure) -> Known<[String]> {
        // Anything but a plain "false" may mean that there are groups which the token does not list.
        if let hasGroups = claims["hasgroups"], hasGroups.bool != false { return .unknown }
        if let names = claims["_claim_names"] {
            guard names.members != nil else { throw .malformed }
            if names["groups"] != nil { return .unknown }
        }
        guard let claim = claims["groups"] else { return .known([]) }
        guard let list = claim.array else { throw .malformed }
        return .known(try self.strings(list))
    }

    private static func strings(_ nodes: [JSONNode]) throws(AuthenticationFailure) -> [String] {
        var texts: [String] = []
        for node in nodes {
            guard let text = node.string else { throw .malformed }
            texts.append(text)
        }
        return texts
    }

    private static func string(_ name: StaticString, _ claims: JSONNode) throws(AuthenticationFailure) -> String? {
        guard let claim = claims[name] else { return nil }
        guard let text = claim.string else { throw .malformed }
        return text
    }

    /// For claims that decide nothing: the first that is a text, cut to a size fit for a record.
    private static func firstText(_ names: [StaticString], _ claims: JSONNode) -> String? {
        names.lazy.compactMap { claims[$0]?.string }.first { !$0.isEmpty }.map { String($0.prefix(256)) }
    }

    /// Whole seconds since 1970. RFC 7519 would allow a fraction; Entra never writes one.
    private static func instant(_ name: StaticString, _ claims: JSONNode) throws(AuthenticationFailure) -> Int64? {
        guard let claim = claims[name] else { return nil }
        guard let seconds = claim.integer, (0...self.lastInstant).contains(seconds) else { throw .malformed }
        return seconds
    }
}
