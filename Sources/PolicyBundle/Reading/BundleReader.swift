import PolicyCore
import YAMLReading

/// What a bundle holds, all references resolved.
struct BundleContents {
    var name: String
    var revision: String
    var rules: [Rule]
}

/// Reads the parts of a bundle in the order in which they refer to each other.
struct BundleReader {
    let files: BundleFiles
    let requiresTenants: Bool
    let problems: Problems

    func read() -> BundleContents? {
        var name: String?
        var revision: String?
        var groups: [String: [PrincipalSelector]] = [:]
        var targetGroups: [String: [MarkedTarget]] = [:]
        if let document = self.files.document("bundle.yaml"),
            let bundle = YAMLMapping(document, problems: self.problems)
        {
            name = bundle.requiredString("name", numbersAsText: true)
            revision = bundle.requiredString("revision", numbersAsText: true)
            groups = GroupReader(requiresTenants: self.requiresTenants, problems: self.problems).read(bundle)
            targetGroups = self.targetGroups(bundle)
            bundle.finish()
        }
        let catalog = CatalogReader(files: self.files, problems: self.problems).read()
        var reader = RuleReader(
            groups: groups, targetGroups: targetGroups, catalog: catalog, requiresTenants: self.requiresTenants,
            problems: self.problems)
        var rules: [Rule] = []
        var count = 0
        for path in self.files.ruleFiles() {
            guard let document = self.files.document(path),
                let file = YAMLMapping(document, problems: self.problems)
            else { continue }
            file.require("rules")
            let mappings = file.mappings("rules") ?? []
            if mappings.isEmpty, file.has("rules") { file.error("rules", "lists no rule") }
            count += mappings.count
            rules += mappings.compactMap { reader.read($0) }
            file.finish()
        }
        if count == 0, !self.problems.hasErrors {
            self.problems.error(
                "the bundle has no rules, so it would deny everything",
                at: YAMLMark(file: self.files.name("rules")))
        }
        self.files.warnOfUnlistedScripts()
        guard let name, let revision else { return nil }
        return BundleContents(name: name, revision: revision, rules: rules)
    }

    private func targetGroups(_ bundle: YAMLMapping) -> [String: [MarkedTarget]] {
        guard let groups = bundle.mapping("targetGroups") else { return [:] }
        var found: [String: [MarkedTarget]] = [:]
        for key in groups.keys {
            let targets = groups.mappings(key.value) ?? []
            if targets.isEmpty, groups.has(key.value) { groups.error(key.value, "is empty") }
            found[key.value] = targets.compactMap { TargetReader(problems: self.problems).read($0) }
        }
        return found
    }
}
