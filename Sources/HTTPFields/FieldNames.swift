/// A list of header field names, found in any case of ASCII letters without a copy of the name.
package struct FieldNames: Sendable {
    /// By length: hardly a name is compared in vain.
    private let byLength: [[String]]

    /// - Parameter names: in lower case.
    package init(_ names: [String]) {
        var byLength: [[String]] = []
        for name in names {
            while byLength.count <= name.utf8.count { byLength.append([]) }
            byLength[name.utf8.count].append(name)
        }
        self.byLength = byLength
    }

    /// The name as listed; nil for one that is not.
    package func listed(_ name: String) -> String? {
        let length = name.utf8.count
        guard length < byLength.count else { return nil }
        for listed in byLength[length] where FieldText.same(name, listed) { return listed }
        return nil
    }
}
