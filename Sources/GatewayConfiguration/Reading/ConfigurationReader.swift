import YAMLReading

/// Reads the sections of a configuration and checks them against each other.
///
/// After a recorded error it goes on with something empty in the wrong value's place; such a configuration is never handed out.
struct ConfigurationReader {
    /// Where relative names are taken from.
    let folder: String
    /// The variables of the process.
    let environment: [String: String]
    let problems: Problems

    func configuration(_ root: YAMLMapping) -> Configuration {
        let listenerSection = root.section("listener")
        let identitySection = root.section("identity")
        let upstreamSection = root.section("upstream")
        let managementSection = root.section("management")
        let listener = listener(listenerSection)
        let management = management(managementSection)
        let identity = identity(identitySection)
        let upstream = upstream(upstreamSection)
        let configuration = Configuration(
            listener: listener, management: management, identity: identity, upstream: upstream,
            policy: policy(root.section("policy")), audit: audit(root.section("audit")),
            retry: retry(root.section("retry")),
            shutdownSeconds: root.integer("shutdownSeconds", in: 1...3600) ?? 100,
            logging: logging(root.section("logging")))

        if listener.port == management.port, listener.port != 0, listener.host == management.host {
            managementSection.error("port", "must not be the listener's own")
        }
        if configuration.shutdownSeconds < upstream.deadlineSeconds {
            root.warning(
                "shutdownSeconds",
                "is shorter than 'upstream.deadlineSeconds': a stop can cut off commands whose outcome is then unknown")
        }
        checkCallers(identitySection, identity: identity, tls: listener.tls)
        checkPassthrough(upstreamSection, identitySection, identity: identity, upstream: upstream, tls: listener.tls)
        return configuration
    }

    /// Somebody must be able to sign in.
    private func checkCallers(_ section: YAMLMapping, identity: Configuration.Identity, tls: Configuration.TLS) {
        // Issuers that are written but wrong have their own problems already.
        if identity.tokenIssuers.isEmpty, tls.clientCertificates == .none, !section.has("tokenIssuers") {
            section.require("tokenIssuers")
        } else if identity.tokenIssuers.isEmpty, tls.clientCertificates == .none {
            section.error("tokenIssuers", "must name an issuer, since client certificates are not asked for either")
        }
    }

    /// With the caller's own token, every caller must have one that ARM takes.
    private func checkPassthrough(
        _ section: YAMLMapping, _ identitySection: YAMLMapping, identity: Configuration.Identity,
        upstream: Configuration.Upstream, tls: Configuration.TLS
    ) {
        guard upstream.credential.kind == .passthrough else { return }
        let credential = section.mark(of: "credential")
        problems.warning(
            "'upstream.credential' passes the caller's own token on: such callers can go around the gateway with it",
            at: credential)
        let accepted = Self.armAudiences.union([upstream.endpoint.origin, upstream.endpoint.origin + "/"])
        for issuer in identity.tokenIssuers where !issuer.audiences.contains(where: accepted.contains) {
            problems.error(
                "'upstream.credential' of type passthrough needs tokens that ARM takes, but the issuer \(issuer.issuer) has no "
                    + "ARM audience such as https://management.azure.com/", at: identitySection.mark(of: "tokenIssuers")
            )
        }
        if identity.tokenIssuers.isEmpty, tls.clientCertificates != .none {
            problems.error(
                "'upstream.credential' of type passthrough needs callers with tokens, but 'identity.tokenIssuers' names none",
                at: credential)
        }
    }

    /// Audiences of tokens for Azure Resource Manager, both of its names with and without the slash.
    static let armAudiences: Set<String> = [
        "https://management.azure.com", "https://management.azure.com/", "https://management.core.windows.net",
        "https://management.core.windows.net/",
    ]
}
