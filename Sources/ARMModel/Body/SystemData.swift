import StrictJSON

/// Who made and changed a resource, and when (`systemData`, facts §4.2). Only ARM sets it.
enum SystemData {
    private static let names: Set<String> = [
        "createdBy", "createdByType", "createdAt", "lastModifiedBy", "lastModifiedByType", "lastModifiedAt",
    ]

    /// Type check of what a caller sends along: known members, all of them strings.
    static func isWellFormed(_ node: JSONNode) -> Bool {
        node.members?.allSatisfy { self.names.contains($0.name) && $0.value.string != nil } ?? false
    }
}
