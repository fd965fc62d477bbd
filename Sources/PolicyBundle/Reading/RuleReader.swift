import ARMModel
import PolicyCore
import YAMLReading

/// Reads rules, with everything that they refer to at hand.
struct RuleReader {
    let groups: [String: [PrincipalSelector]]
    let targetGroups: [String: [MarkedTarget]]
    let catalog: CatalogReader.Catalog
    let requiresTenants: Bool
    let problems: Problems
    private var ids: [String: YAMLMark] = [:]

    init(
        groups: [String: [PrincipalSelector]], targetGroups: [String: [MarkedTarget]], catalog: CatalogReader.Catalog,
        requiresTenants: Bool, problems: Problems
    ) {
        self.groups = groups
        self.targetGroups = targetGroups
        self.catalog = catalog
        self.requiresTenants = requiresTenants
        self.problems = problems
    }

    /// Words for rules and scripts: a letter or digit, then letters, digits, `-`, `_` and `.`.
    static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, first.isASCII, first.properties.isAlphabetic || isDigit(first),
            text.utf8.count <= 64
        else { return false }
        return text.unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || isDigit($0) || "-_.".unicodeScalars.contains($0))
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }

    /// One rule; `nil` if it has no id or effect. Whatever else is wrong is reported, and the bundle refused for it.
    mutating func read(_ mapping: YAMLMapping) -> Rule? {
        let id = self.id(mapping)
        mapping.refuse(["require", "when", "mode"], because: "is not implemented in this version")
        mapping.require("effect")
        let effect: Decision.Effect?
        switch mapping.string("effect") {
        case "allow": effect = .allow
        case "deny": effect = .deny
        case nil: effect = nil
        default:
            mapping.error("effect", "must be allow or deny")
            effect = nil
        }
        var rule = Rule(id: id ?? "", effect: effect ?? .allow)
        rule.description = mapping.string("description")
        rule.principals = self.principals(mapping)
        rule.operations = self.operations(mapping)
        rule.family = self.family(mapping)
        rule.targets = self.targets(mapping, rule)
        rule.commands = self.commands(mapping, rule.effect)
        rule.storedSecrets = mapping.boolean("storedSecrets") ?? false
        let fields = FieldReader(problems: self.problems)
        rule.scriptAddresses = ScriptAddressReader(problems: self.problems).read(mapping, rule)
        rule.managedIdentities = fields.identities(mapping)
        rule.runAs = fields.accounts(mapping)
        rule.limits = fields.limits(mapping)
        rule.outputBlobs = fields.blobs("outputBlobs", mapping)
        rule.errorBlobs = fields.blobs("errorBlobs", mapping)
        rule.scriptShells = fields.scriptShells(mapping)
        rule.apiVersions = fields.apiVersions(mapping)
        guard let effect, id != nil else { return nil }
        switch effect {
        case .allow: self.checkAllow(mapping, rule)
        case .deny: self.checkDeny(mapping, rule)
        }
        return rule
    }

    private mutating func id(_ mapping: YAMLMapping) -> String? {
        guard let id = mapping.requiredString("id", numbersAsText: true) else { return nil }
        guard Self.isName(id) else {
            mapping.error("id", "must be at most 64 letters, digits, - _ or . and begin with a letter or digit")
            return nil
        }
        if let first = self.ids[id] {
            let place = first.line.map { "\(first.file):\($0)" } ?? first.file
            mapping.error("id", "is the id of another rule, at \(place)")
        } else {
            self.ids[id] = mapping.mark(of: "id")
        }
        return id
    }

    private func principals(_ mapping: YAMLMapping) -> PrincipalSet? {
        guard let entries = mapping.markedStrings("principals") else { return nil }
        if entries.isEmpty { mapping.error("principals", "is empty") }
        var selectors: [PrincipalSelector] = []
        for entry in entries {
            guard
                let reference = GroupReader.reference(
                    entry, requiresTenants: self.requiresTenants, problems: self.problems)
            else { continue }
            switch reference {
            case .selector(.any) where entries.count > 1:
                self.problems.error("any stands alone; beside it the other principals mean nothing", at: entry.mark)
            case .selector(let selector): selectors.append(selector)
            case .namedGroup(let name):
                guard let members = self.groups[name] else {
                    self.problems.error("there is no group named \(name)", at: entry.mark)
                    continue
                }
                selectors += members
            }
        }
        return PrincipalSet(selectors)
    }

    private func operations(_ mapping: YAMLMapping) -> OperationSet? {
        guard let entries = mapping.markedStrings("operations") else { return nil }
        if entries.isEmpty { mapping.error("operations", "is empty") }
        let known = Operation.allCases.filter { $0 != .poll }
        let operations = entries.compactMap { entry -> Operation? in
            if let operation = known.first(where: { $0.rawValue == entry.value }) { return operation }
            self.problems.error(
                "'\(mapping.name(of: "operations"))' holds an unknown word; known are "
                    + known.map(\.rawValue).joined(separator: ", "), at: entry.mark)
            return nil
        }
        return OperationSet(operations)
    }

    private func family(_ mapping: YAMLMapping) -> CommandFamily? {
        mapping.choice("family", CommandFamily.self)
    }

    private func targets(_ mapping: YAMLMapping, _ rule: Rule) -> [TargetPattern]? {
        guard let entries = mapping.mappings("targets") else { return nil }
        if entries.isEmpty, mapping.has("targets") { mapping.error("targets", "is empty") }
        var found: [TargetPattern] = []
        for entry in entries {
            guard entry.has("group") else {
                if let target = TargetReader(problems: self.problems).read(entry) {
                    self.checkComplete(target.pattern, rule, name: target.name, at: target.mark)
                    found.append(target.pattern)
                }
                continue
            }
            guard let name = entry.string("group") else { continue }
            guard let targets = self.targetGroups[name] else {
                entry.error("group", "names no target group of bundle.yaml")
                continue
            }
            for target in targets {
                self.checkComplete(
                    target.pattern, rule, name: "\(target.name) of bundle.yaml", at: entry.mark(of: "group"))
                found.append(target.pattern)
            }
        }
        return found
    }

    private func checkComplete(_ pattern: TargetPattern, _ rule: Rule, name: String, at mark: YAMLMark) {
        guard rule.effect == .allow, let operations = rule.operations else { return }
        if let gap = TargetReader.gap(in: pattern, operations: operations) {
            self.problems.error("'\(name)' \(gap)", at: mark)
        }
    }

    private func commands(_ mapping: YAMLMapping, _ effect: Decision.Effect) -> CommandSet? {
        let gallery = FieldReader(problems: self.problems).galleryScripts(mapping)
        let entries = mapping.mappings("commands")
        if let entries, entries.isEmpty { mapping.error("commands", "is empty") }
        guard entries != nil || gallery != nil else { return nil }
        let reader = CommandReader(catalog: self.catalog, effect: effect, problems: self.problems)
        return CommandSet((entries ?? []).compactMap(reader.read), galleryScripts: gallery ?? [])
    }

    private func checkAllow(_ mapping: YAMLMapping, _ rule: Rule) {
        for key in ["principals", "operations", "targets"] { mapping.require(key) }
        guard let operations = rule.operations else { return }
        if operations.runsScript {
            // A rule may be for gallery scripts alone.
            if !mapping.has("galleryScripts") { mapping.require("commands") }
            if !operations.contains(.create), !operations.contains(.update), mapping.has("galleryScripts") {
                mapping.warning("galleryScripts", "has no effect: an action (run) carries no gallery script")
            }
        } else {
            for key in FieldReader.scriptKeys where mapping.has(key) {
                mapping.warning(key, "has no effect: none of the rule's operations runs a script")
            }
        }
        if operations.contains(.run) {
            if let seconds = rule.limits.timeoutSeconds, seconds < Limits.actionSeconds {
                mapping.section("limits").error(
                    "timeoutSeconds",
                    "is under \(Limits.actionSeconds), and Azure lets the operation run take that long whatever "
                        + "is asked; leave run to a rule of its own")
            }
            if rule.family == .diagnostic {
                mapping.error("family", "does not go with run: the POST form of diagnostic commands is never mediated")
            }
        }
    }

    private func checkDeny(_ mapping: YAMLMapping, _ rule: Rule) {
        mapping.refuse(["limits"], because: "has no meaning in a deny rule")
        if mapping.has("storedSecrets"), !rule.storedSecrets {
            mapping.error("storedSecrets", "may only be true in a deny rule, where it means updates that keep them")
        }
        let conditions = ["principals", "operations", "family", "targets", "apiVersions"] + FieldReader.scriptKeys
        if !conditions.contains(where: mapping.has) {
            self.problems.warning(
                "the rule '\(rule.id)' has no condition, so it denies everything", at: mapping.mark)
        }
    }
}
