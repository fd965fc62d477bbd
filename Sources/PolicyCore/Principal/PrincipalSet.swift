import ARMModel

/// The principals of a rule, with named groups already resolved, laid out for looking up.
package final class PrincipalSet: Sendable {
    private let isAnybody: Bool
    private let users: Set<DirectoryID>
    private let applications: Set<DirectoryID>
    private let objects: Set<DirectoryID>
    private let groups: Set<DirectoryID>
    private let uriNames: Set<String>
    private let dnsNames: Set<String>

    package init(_ selectors: some Sequence<PrincipalSelector>) {
        var isAnybody = false
        var users: Set<DirectoryID> = []
        var applications: Set<DirectoryID> = []
        var objects: Set<DirectoryID> = []
        var groups: Set<DirectoryID> = []
        var uriNames: Set<String> = []
        var dnsNames: Set<String> = []
        for selector in selectors {
            switch selector {
            case .any: isAnybody = true
            case .user(let id): users.insert(id)
            case .application(let id): applications.insert(id)
            case .object(let id): objects.insert(id)
            case .group(let id): groups.insert(id)
            case .certificateURI(let name): uriNames.insert(name)
            case .certificateDNS(let name): dnsNames.insert(ASCIICase.lowered(name))
            }
        }
        self.isAnybody = isAnybody
        self.users = users
        self.applications = applications
        self.objects = objects
        self.groups = groups
        self.uriNames = uriNames
        self.dnsNames = dnsNames
    }

    /// Unknown only where nothing else matches and the token left its groups out.
    func truth(of caller: Principal) -> Truth {
        if self.isAnybody { return .holds }
        let ids = caller.ids
        let kind = caller.kind
        if let id = ids.id {
            if self.contains(id, of: ids, in: self.objects) { return .holds }
            if kind == .user, self.contains(id, of: ids, in: self.users) { return .holds }
        }
        if kind == .application, let id = ids.application, self.contains(id, of: ids, in: self.applications) {
            return .holds
        }
        if !self.uriNames.isEmpty || !self.dnsNames.isEmpty, let certificate = caller.certificate,
            self.contains(certificate)
        {
            return .holds
        }
        guard !self.groups.isEmpty, kind != .certificate else { return .fails }
        switch ids.groups {
        case .unknown: return .unknown
        case .known(let groups): return Truth(groups.contains { self.contains($0, of: ids, in: self.groups) })
        }
    }

    private func contains(_ certificate: CertificateIdentity) -> Bool {
        certificate.uriNames.contains(where: self.uriNames.contains)
            || certificate.dnsNames.contains { self.dnsNames.contains(ASCIICase.lowered($0)) }
    }

    private func contains(_ id: GUID, of caller: CallerIDs, in set: Set<DirectoryID>) -> Bool {
        guard !set.isEmpty else { return false }
        if set.contains(DirectoryID(tenant: nil, id: id)) { return true }
        guard let tenant = caller.tenant else { return false }
        return set.contains(DirectoryID(tenant: tenant, id: id))
    }
}
