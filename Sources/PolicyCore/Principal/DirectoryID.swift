/// An object id or client id as a policy writes it: `ID`, or `TENANT/ID` where several tenants are configured.
package struct DirectoryID: Sendable, Hashable {
    /// `nil`: written without a tenant, which is only unambiguous where one tenant is configured.
    package var tenant: GUID?
    package var id: GUID

    package init(tenant: GUID?, id: GUID) {
        self.tenant = tenant
        self.id = id
    }

    /// - Parameter text: `ID` or `TENANT/ID`, both GUIDs; anything else is `nil`.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let last = parts.last, let id = GUID(String(last)) else { return nil }
        var tenant: GUID?
        if parts.count == 2 {
            guard let first = GUID(String(parts[0])) else { return nil }
            tenant = first
        }
        self.init(tenant: tenant, id: id)
    }
}
