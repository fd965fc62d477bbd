package import StrictJSON

/// Body of a creation (`VirtualMachineRunCommand`): the whole of a command, new or in the place of an existing one.
package struct ManagedCreate: Sendable {
    /// Short form of the region: letters and digits in lower case, however the caller wrote it. "West US" and
    /// "westus" are the same to ARM, whose own answers have the short form (facts §4.2).
    package var location: String
    package var tags: [(name: String, value: String)]?
    package var properties: ManagedProperties
    /// Paths of members that only the service sets; type-checked, and left out of what is forwarded.
    package var readOnlyMembers: [String]

    package init(_ node: JSONNode, version: APIVersion) throws(RequestError) {
        let table = RequestMembers.managedCreate
        let body = try BodyObject(node, path: "", table: table, version: version)
        self.location = try Self.location(body)
        self.tags = try body.tags()
        self.properties = try ManagedProperties(of: body, table: table, version: version, isUpdate: false)
        // An SDK that sends back what it has read sends these along.
        let readOnly = [
            try body.readOnly("id", expected: "a string") { $0.string != nil },
            try body.readOnly("name", expected: "a string") { $0.string != nil },
            try body.readOnly("type", expected: "a string") { $0.string != nil },
            try body.readOnly("systemData", expected: "system data", matches: SystemData.isWellFormed),
        ]
        self.readOnlyMembers = readOnly.compactMap(\.self) + self.properties.readOnlyMembers
    }

    /// What the machine would run. All of it is known: what was not sent is not there.
    package var command: Command { self.properties.applied(to: Command(source: nil)) }

    private static func location(_ body: BodyObject) throws(RequestError) -> String {
        guard let given = try body.string("location") else {
            throw RequestError(.invalidRequestContent, "the member location is required", target: "$.location")
        }
        let short = String(decoding: given.utf8.filter { $0 != UInt8(ascii: " ") }, as: UTF8.self)
        guard given.utf8.count <= 64, ResourceName.isLocation(short) else {
            throw RequestError(
                .invalidParameter, "a location is 2 to 32 letters and digits, like westus or West US",
                target: "$.location")
        }
        return ASCIICase.lowered(short)
    }
}
