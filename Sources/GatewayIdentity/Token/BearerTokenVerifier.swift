package import Logging
package import PolicyCore
package import Redaction

/// Says whom a bearer token names, or why it names nobody.
///
/// The key comes from the issuer's set by `kid`, the algorithm must be one that configuration and key both allow, and
/// every claim that decides is required to be there. Verified tokens are remembered until they
/// expire or their key goes.
package final class BearerTokenVerifier: Sendable {
    private struct Issuer: Sendable {
        var configuration: TokenIssuerConfiguration
        var keys: KeySetCache
    }

    /// Seconds after which a remembered token is verified anew.
    private static let rememberSeconds: Int64 = 3_600

    private let issuers: [String: Issuer]
    private let keySets: [KeySetCache]
    private let clockSkew: Int64
    private let verified: VerifiedTokenCache

    /// - Parameters:
    ///   - clockSkewSeconds: tolerated difference of clocks, applied to `exp`, `nbf` and `iat`.
    ///   - cacheCapacity: how many verified tokens are remembered.
    ///   - urlTimings: for key sets by address; files have their own.
    ///   - monotonic: a clock that never goes back, for the ages of key sets.
    package init(
        issuers configurations: [TokenIssuerConfiguration], clockSkewSeconds: Int64, cacheCapacity: Int = 4_096,
        logger: Logger, urlTimings: KeySetTimings = .url, fileTimings: KeySetTimings = .file,
        monotonic: @escaping @Sendable () -> Duration = BearerTokenVerifier.sinceStart()
    ) throws(IdentityConfigurationError) {
        var issuers: [String: Issuer] = [:]
        var keySets: [KeySetSource: KeySetCache] = [:]
        for configuration in configurations {
            let source = KeySetSource(
                location: configuration.keySet, trustRootsFile: configuration.trustRootsFile)
            try Self.check(configuration, source: source)
            guard issuers[configuration.issuer] == nil else { throw .repeatedIssuer(configuration.issuer) }
            // Both of Entra's issuers for a tenant publish one set: it is loaded once.
            let keys =
                keySets[source]
                ?? Self.keySet(
                    source, logger: logger, urlTimings: urlTimings, fileTimings: fileTimings, monotonic: monotonic)
            keySets[source] = keys
            issuers[configuration.issuer] = Issuer(configuration: configuration, keys: keys)
        }
        self.issuers = issuers
        self.keySets = keySets.values.sorted { $0.name < $1.name }
        self.clockSkew = max(0, clockSkewSeconds)
        self.verified = VerifiedTokenCache(capacity: cacheCapacity)
    }

    /// Whether every issuer has keys that count; true if no issuer is configured.
    package var isReady: Bool { self.keySets.allSatisfy { $0.isLoaded } }

    /// The key sets, each once: for readiness and metrics.
    package var keySetStatus: [(name: String, age: Duration?, lastFailure: KeySetFailure?)] {
        self.keySets.map { ($0.name, $0.age, $0.lastFailure) }
    }

    /// How many verified tokens are remembered.
    package var rememberedTokens: Int { self.verified.count }

    /// Loads every key set that is not loaded yet, all at once; failures are logged and tried again later.
    package func loadKeySets() async {
        await withDiscardingTaskGroup { group in
            for keySet in self.keySets { group.addTask { await keySet.ensureLoaded() } }
        }
    }

    /// Keeps the key sets current until cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for keySet in self.keySets { group.addTask { await keySet.run() } }
        }
    }

    /// Waits for loads that are under way.
    package func settle() async {
        for keySet in self.keySets { await keySet.settle() }
    }

    /// The principal of a token that was verified before and still counts. Never waits; a few microseconds.
    ///
    /// - Parameter now: seconds since 1970.
    package func rememberedPrincipal(of token: some StringProtocol, at now: Int64) -> Principal? {
        guard let digest = Self.digest(of: token) else { return nil }
        return self.verified.entry(for: digest, at: now)?.principal
    }

    /// - Parameters:
    ///   - token: the compact serialization, at most 16 KiB.
    ///   - now: seconds since 1970.
    package func principal(of token: Secret, at now: Int64) async throws(AuthenticationFailure) -> Principal {
        let bytes = try token.withValue { text throws(AuthenticationFailure) -> [UInt8] in
            guard text.utf8.count <= CompactToken.maximumBytes else { throw .tooLarge }
            return Array(text.utf8)
        }
        let digest = bytes.withUnsafeBytes { VerifiedTokenCache.Digest(of: $0) }
        if let entry = self.verified.entry(for: digest, at: now) { return entry.principal }

        let parts = try CompactToken(bytes)
        let claims = try TokenClaims(parts.claims)
        // Nothing is believed yet; but what would be refused anyway need not cost a signature or a key refresh.
        guard let issuer = self.issuers[claims.issuer] else { throw .unknownIssuer }
        let lifetime = TokenLifetime(claims, clockSkew: self.clockSkew)
        let principal = try Self.principal(claims, by: issuer.configuration)
        if let failure = lifetime.failure(at: now) { throw failure }

        let key = try await self.signer(of: parts, issuer: issuer)
        let entry = VerifiedTokenCache.Entry(
            principal: principal, lifetime: lifetime, key: key, verifyAgainAt: now + Self.rememberSeconds)
        self.verified.insert(entry, for: digest, at: now)
        return principal
    }

    /// The key that made the signature.
    private func signer(
        of token: CompactToken, issuer: Issuer
    ) async throws(AuthenticationFailure) -> VerificationKey {
        let candidates = try await issuer.keys.keys(named: token.keyID)
        let usable = candidates.filter { issuer.configuration.accepts(token.algorithm, from: $0) }
        guard !usable.isEmpty else { throw .unsupportedAlgorithm }
        for key in usable
        where key.isValid(signature: token.signature, for: token.signed, algorithm: token.algorithm) {
            return key
        }
        throw .badSignature
    }

    private static func principal(
        _ claims: TokenClaims, by issuer: TokenIssuerConfiguration
    ) throws(AuthenticationFailure) -> Principal {
        guard claims.audiences.contains(where: { issuer.audiences.contains($0) }) else { throw .wrongAudience }
        guard let tenant = claims.tenant, tenant == issuer.tenant else { throw .wrongTenant }
        if claims.isIDToken { throw .idToken }
        if claims.isBound { throw .boundToken }
        guard let objectID = claims.objectID, self.isPlainIdentifier(objectID) else { throw .missingObjectID }
        if claims.scopes != nil || claims.tokenType == "user" {
            let scopes = claims.scopes ?? []
            guard issuer.requiredScopes.allSatisfy({ scopes.contains($0) }) else { throw .missingScope }
        }
        return Principal(claims: claims, objectID: objectID, tenant: tenant)
    }

    /// An object id is a GUID at Entra; nothing in it may make two ids look alike, or reach into `TENANT/ID`.
    private static func isPlainIdentifier(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
    }

    private static func digest(of token: some StringProtocol) -> VerifiedTokenCache.Digest? {
        let inPlace = token.utf8.withContiguousStorageIfAvailable { bytes -> VerifiedTokenCache.Digest? in
            guard bytes.count <= CompactToken.maximumBytes else { return nil }
            return VerifiedTokenCache.Digest(of: UnsafeRawBufferPointer(bytes))
        }
        if let inPlace { return inPlace }
        guard token.utf8.count <= CompactToken.maximumBytes else { return nil }
        return Array(token.utf8).withUnsafeBytes { VerifiedTokenCache.Digest(of: $0) }
    }

    private static func check(
        _ configuration: TokenIssuerConfiguration, source: KeySetSource
    ) throws(IdentityConfigurationError) {
        let issuer = configuration.issuer
        if issuer.isEmpty { throw .emptyValue(issuer: issuer, key: "issuer") }
        if configuration.tenant.isEmpty { throw .emptyValue(issuer: issuer, key: "tenant") }
        if configuration.audiences.isEmpty || configuration.audiences.contains("") {
            throw .emptyValue(issuer: issuer, key: "audiences")
        }
        if !source.isAcceptable { throw .keySetAddress(issuer: issuer) }
    }

    private static func keySet(
        _ source: KeySetSource, logger: Logger, urlTimings: KeySetTimings, fileTimings: KeySetTimings,
        monotonic: @escaping @Sendable () -> Duration
    ) -> KeySetCache {
        let (name, timings) =
            switch source.location {
            case .url(let address): (address, urlTimings)
            case .file(let path): (path, fileTimings)
            }
        return KeySetCache(name: name, timings: timings, logger: logger, monotonic: monotonic) {
            try await source.load()
        }
    }

    /// The real clock: time since this was called.
    package static func sinceStart() -> @Sendable () -> Duration {
        let start = ContinuousClock.now
        return { start.duration(to: .now) }
    }
}
