import ARMModel

/// The ids of a principal as numbers, read once for all the rules and requests that ask for them.
final class CallerIDs: Sendable {
    /// `nil` for a caller that is known by a certificate alone.
    let id: GUID?
    let tenant: GUID?
    let application: GUID?
    let groups: Known<[GUID]>

    init(kind: Principal.Kind, id: String, tenant: String?, appID: String?, groups: Known<[String]>) {
        self.id = kind == .certificate ? nil : GUID(id)
        self.tenant = tenant.flatMap { GUID($0) }
        self.application = appID.flatMap { GUID($0) }
        self.groups = groups.map { $0.compactMap { GUID($0) } }
    }
}
