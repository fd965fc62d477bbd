import ARMModel

/// The principals of a rule, with named groups already resolved, laid out for looking up.
package struct PrincipalSet: Sendable, Hashable {
    private var isAnybody = false
    private var users: Set<DirectoryID> = []
    private var applications: Set<DirectoryID> = []
    private var objects: Set<DirectoryID> = []
    private var groups: Set<DirectoryID> = []
    private var uriNames: Set<String> = []
    private var dnsNames: Set<String> = []

    package init(_ selectors: some Sequence<PrincipalSelector>) {
        for selector in selectors {
            switch selector {
            case .any: self.isAnybody = true
            case .user(let id): self.users.insert(id)
            case .application(let id): self.applications.insert(id)
            case .object(let id): self.objects.insert(id)
            case .group(let id): self.groups.insert(id)
            case .certificateURI(let name): self.uriNames.insert(name)
            case .certificateDNS(let name): self.dnsNames.insert(ASCIICase.lowered(name))
            }
        }
    }

    /// Unknown only where nothing else matches and the token left its groups out.
    func truth(of caller: CallerFacts) -> Truth {
        if self.isAnybody { return .holds }
        if let id = caller.id {
            if self.contains(id, of: caller, in: self.objects) { return .holds }
            if caller.kind == .user, self.contains(id, of: caller, in: self.users) { return .holds }
        }
        if caller.kind == .application, let id = caller.applicationID,
            self.contains(id, of: caller, in: self.applications)
        {
            return .holds
        }
        if !self.uriNames.isEmpty, caller.uriNames.contains(where: self.uriNames.contains) { return .holds }
        if !self.dnsNames.isEmpty,
            caller.dnsNames.contains(where: { self.dnsNames.contains(ASCIICase.lowered($0)) })
        {
            return .holds
        }
        guard !self.groups.isEmpty, caller.kind != .certificate else { return .fails }
        switch caller.groups {
        case .unknown: return .unknown
        case .known(let ids): return Truth(ids.contains { self.contains($0, of: caller, in: self.groups) })
        }
    }

    private func contains(_ id: GUID, of caller: CallerFacts, in set: Set<DirectoryID>) -> Bool {
        guard !set.isEmpty else { return false }
        if set.contains(DirectoryID(tenant: nil, id: id)) { return true }
        guard let tenant = caller.tenant else { return false }
        return set.contains(DirectoryID(tenant: tenant, id: id))
    }
}

/// What a principal comes to when rules ask: ids as numbers, read once a request.
struct CallerFacts: Sendable {
    let kind: Principal.Kind
    /// `nil` for a caller that is known by a certificate alone.
    let id: GUID?
    let tenant: GUID?
    let applicationID: GUID?
    let groups: Known<[GUID]>
    let uriNames: [String]
    let dnsNames: [String]

    init(_ principal: Principal) {
        self.kind = principal.kind
        self.id = principal.kind == .certificate ? nil : GUID(principal.id)
        self.tenant = principal.tenant.flatMap { GUID($0) }
        self.applicationID = principal.appID.flatMap { GUID($0) }
        self.groups = principal.groups.map { $0.compactMap { GUID($0) } }
        self.uriNames = principal.certificate?.uriNames ?? []
        self.dnsNames = principal.certificate?.dnsNames ?? []
    }
}
