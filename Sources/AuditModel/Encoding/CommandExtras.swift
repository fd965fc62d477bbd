/// Members of an update that are on record but take no part in the command itself.
package struct CommandExtras: Sendable {
    package var tags: [(name: String, value: String)]?
    package var readOnlyMembers: [String]

    package init(tags: [(name: String, value: String)]? = nil, readOnlyMembers: [String] = []) {
        self.tags = tags
        self.readOnlyMembers = readOnlyMembers
    }
}
