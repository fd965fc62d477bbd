import YAMLReading

extension ConfigurationReader {
    func upstream(_ section: YAMLMapping) -> Configuration.Upstream {
        let endpoint = origin(section, "endpoint") ?? HTTPSAddress(knownHost: "management.azure.com")
        return Configuration.Upstream(
            endpoint: endpoint,
            trustRoots: readableFile(section, "trustRoots"),
            deadlineSeconds: section.integer("deadlineSeconds", in: 1...3600) ?? 90,
            idleSeconds: section.integer("idleSeconds", in: 1...3600) ?? 20,
            connections: section.integer("connections", in: 1...4096) ?? 64,
            credential: credential(section.section("credential"), endpoint: endpoint))
    }

    private enum CredentialType: String, CaseIterable {
        case managedIdentity, clientSecret, clientCertificate, workloadIdentity, tokenFile, passthrough
    }

    private func credential(_ section: YAMLMapping, endpoint: HTTPSAddress) -> Configuration.Credential {
        section.require("type")
        let type: CredentialType? = section.choice("type")
        // Without a type nobody can tell which keys belong, so none is called unknown.
        if type == nil { for key in section.keys { _ = section.node(key.value) } }
        let kind = type.map { credentialKind($0, section) }
        return Configuration.Credential(
            kind: kind ?? .managedIdentity(.system),
            authority: address(section, "authority") ?? defaultAuthority(type, section),
            trustRoots: readableFile(section, "trustRoots"),
            resource: section.string("resource") ?? endpoint.text)
    }

    private func credentialKind(_ type: CredentialType, _ section: YAMLMapping) -> Configuration.CredentialKind {
        switch type {
        case .managedIdentity: return .managedIdentity(managedIdentity(section))
        case .clientSecret:
            return .clientSecret(
                tenant: section.requiredString("tenant") ?? "", clientID: section.requiredString("clientID") ?? "",
                clientSecretFile: requiredFile(section, "clientSecretFile"))
        case .clientCertificate:
            notInThisVersion(type, section)
            return .clientCertificate(
                tenant: section.requiredString("tenant") ?? "", clientID: section.requiredString("clientID") ?? "",
                certificateFile: requiredFile(section, "certificateFile"),
                privateKeyFile: requiredFile(section, "privateKeyFile"))
        case .workloadIdentity:
            notInThisVersion(type, section)
            return workloadIdentity(section)
        case .tokenFile: return .tokenFile(path: requiredFile(section, "path"))
        case .passthrough: return .passthrough
        }
    }

    private func managedIdentity(_ section: YAMLMapping) -> Configuration.ManagedIdentitySelection {
        let written = ["clientID", "objectID", "resourceID"].filter(section.has)
        for key in written.dropFirst() {
            section.error(key, "cannot stand beside '\(written[0])': one names the identity")
        }
        let clientID = section.string("clientID")
        let objectID = section.string("objectID")
        let resourceID = section.string("resourceID")
        if let clientID { return .clientID(clientID) }
        if let objectID { return .objectID(objectID) }
        if let resourceID { return .resourceID(resourceID) }
        return .system
    }

    /// Kubernetes' workload identity webhook sets `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_FEDERATED_TOKEN_FILE` and
    /// `AZURE_AUTHORITY_HOST` (azure-workload-identity, "Mutating admission webhook").
    private func workloadIdentity(_ section: YAMLMapping) -> Configuration.CredentialKind {
        func value(_ key: String, _ variable: String) -> String {
            if section.has(key) { return section.string(key) ?? "" }
            _ = section.node(key)
            if let value = environment[variable], !value.isEmpty { return value }
            problems.error("'\(section.name(of: key))' is missing, and \(variable) is not set either", at: section.mark)
            return ""
        }
        let tokenFile: String
        if section.has("tokenFile") {
            tokenFile = readableFile(section, "tokenFile") ?? ""
        } else {
            let variable = "AZURE_FEDERATED_TOKEN_FILE"
            tokenFile = value("tokenFile", variable)
            if !tokenFile.isEmpty, let obstacle = ReadableFile.obstacle(path: tokenFile) {
                problems.error("names a file that \(obstacle)", at: YAMLMark(file: variable))
            }
        }
        return .workloadIdentity(
            tenant: value("tenant", "AZURE_TENANT_ID"), clientID: value("clientID", "AZURE_CLIENT_ID"),
            tokenFile: tokenFile)
    }

    private func defaultAuthority(_ type: CredentialType?, _ section: YAMLMapping) -> HTTPSAddress {
        let variable = "AZURE_AUTHORITY_HOST"
        if type == .workloadIdentity, !section.has("authority"), let text = environment[variable], !text.isEmpty {
            do {
                return try HTTPSAddress(text)
            } catch {
                problems.error(error.reason, at: YAMLMark(file: variable))
            }
        }
        return HTTPSAddress(knownHost: "login.microsoftonline.com", path: "/")
    }

    private func notInThisVersion(_ type: CredentialType, _ section: YAMLMapping) {
        section.error("type", "'\(type.rawValue)' is not in this version")
    }
}
