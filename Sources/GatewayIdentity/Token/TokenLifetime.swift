/// When a token counts, with the tolerated difference of clocks already in it. Seconds since 1970.
struct TokenLifetime: Sendable, Hashable {
    /// The first second in which it counts.
    let from: Int64
    /// The first second in which it counts no longer.
    let until: Int64

    init(_ claims: TokenClaims, clockSkew: Int64) {
        self.from = max(claims.notBefore ?? 0, claims.issuedAt ?? 0) - clockSkew
        self.until = claims.expires + clockSkew
    }

    func failure(at now: Int64) -> AuthenticationFailure? {
        if now >= self.until { return .expired }
        return now < self.from ? .notYetValid : nil
    }
}
