package import StrictJSON

/// Body of an update (`VirtualMachineRunCommandUpdate`). What is `nil` was not sent and stays as stored.
package struct ManagedUpdate: Sendable {
    /// Tags replace the stored ones, or are added to them: which is not known, and no rule asks about tags.
    package var tags: [(name: String, value: String)]?
    package var properties: ManagedProperties

    /// Paths of members that only the service sets; type-checked, and left out of what is forwarded.
    package var readOnlyMembers: [String] { self.properties.readOnlyMembers }

    package init(_ node: JSONNode, version: APIVersion) throws(RequestError) {
        let table = RequestMembers.managedUpdate
        let body = try BodyObject(node, path: "", table: table, version: version)
        self.tags = try body.tags()
        self.properties = try ManagedProperties(of: body, table: table, version: version, isUpdate: true)
    }
}
