/// Members of a creation or update that are on record but take no part in the command itself.
package struct CommandExtras: Sendable {
    /// `location` of the body, as it was written.
    package var location: String?
    package var tags: [(name: String, value: String)]?
    package var readOnlyMembers: [String]

    package init(
        location: String? = nil, tags: [(name: String, value: String)]? = nil, readOnlyMembers: [String] = []
    ) {
        self.location = location
        self.tags = tags
        self.readOnlyMembers = readOnlyMembers
    }
}
