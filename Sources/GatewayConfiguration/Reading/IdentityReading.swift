import YAMLReading

extension ConfigurationReader {
    func identity(_ section: YAMLMapping) -> Configuration.Identity {
        let sections = section.mappings("tokenIssuers") ?? []
        let issuers = sections.map(tokenIssuer)
        var seen: Set<String> = []
        for (issuer, section) in zip(issuers, sections)
        where !issuer.issuer.isEmpty && !seen.insert(issuer.issuer).inserted {
            section.error("issuer", "is named twice")
        }
        return Configuration.Identity(
            clockSkewSeconds: section.integer("clockSkewSeconds", in: 0...300) ?? 60,
            tokenIssuers: issuers, metadata: metadata(section.section("metadata")))
    }

    private func tokenIssuer(_ section: YAMLMapping) -> Configuration.TokenIssuer {
        section.require("issuer")
        section.require("jwks")
        if section.require("audiences"), let audiences = section.strings("audiences"), audiences.isEmpty {
            section.error("audiences", "must name at least one audience")
        }
        return Configuration.TokenIssuer(
            issuer: address(section, "issuer")?.text ?? "",
            tenant: section.requiredString("tenant") ?? "",
            audiences: section.strings("audiences") ?? [],
            jwks: keySet(section) ?? .file(""),
            algorithms: algorithms(section),
            requiredScopes: section.strings("requiredScopes") ?? ["user_impersonation"],
            trustRoots: readableFile(section, "trustRoots"))
    }

    /// An `https` address or a readable file; nil if absent or wrong.
    private func keySet(_ section: YAMLMapping) -> Configuration.KeySetLocation? {
        guard let text = section.string("jwks") else { return nil }
        if text.contains("://") {
            return address(section, "jwks").map(Configuration.KeySetLocation.url)
        }
        return readableFile(section, "jwks").map(Configuration.KeySetLocation.file)
    }

    private func algorithms(_ section: YAMLMapping) -> [Configuration.TokenIssuer.Algorithm] {
        guard let names = section.markedStrings("algorithms") else { return [] }
        let known = Configuration.TokenIssuer.Algorithm.allCases
        if names.isEmpty {
            section.error("algorithms", "must name an algorithm; leave it out to go by the kind of key")
        }
        return names.compactMap { name in
            if let algorithm = Configuration.TokenIssuer.Algorithm(rawValue: name.value) { return algorithm }
            problems.error(
                "'\(section.name(of: "algorithms"))' must be of \(known.map(\.rawValue).joined(separator: ", "))",
                at: name.mark)
            return nil
        }
    }

    private func metadata(_ section: YAMLMapping) -> Configuration.Metadata {
        let audiences = section.strings("audiences")
        if audiences?.isEmpty == true { section.error("audiences", "must name at least one audience") }
        return Configuration.Metadata(
            loginEndpoint: address(section, "loginEndpoint")
                ?? HTTPSAddress(knownHost: "login.microsoftonline.com", path: "/"),
            audiences: audiences ?? ["https://management.azure.com/"])
    }
}
