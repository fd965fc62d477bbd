import PolicyCore
import YAMLReading

/// Reads the named groups of `bundle.yaml` and resolves them to principals, nested ones included.
struct GroupReader {
    let requiresTenants: Bool
    let problems: Problems

    private struct Member {
        var reference: PrincipalReference
        var mark: YAMLMark
    }

    func read(_ bundle: YAMLMapping) -> [String: [PrincipalSelector]] {
        guard let mapping = bundle.mapping("groups") else { return [:] }
        var groups: [String: [Member]] = [:]
        for key in mapping.keys {
            if !PrincipalReference.isGroupName(key.value) {
                self.problems.error(
                    "'\(mapping.name(of: key.value))' is no name for a group: a letter, then letters, digits, - _ .",
                    at: key.mark)
            }
            let entries = mapping.markedStrings(key.value) ?? []
            if entries.isEmpty, mapping.has(key.value) { mapping.error(key.value, "is empty") }
            groups[key.value] = entries.compactMap { entry in
                guard
                    let reference = Self.reference(
                        entry, requiresTenants: self.requiresTenants, problems: self.problems)
                else { return nil }
                if reference == .selector(.any) {
                    self.problems.error("any cannot be a member of a group", at: entry.mark)
                    return nil
                }
                return Member(reference: reference, mark: entry.mark)
            }
        }
        var resolved: [String: [PrincipalSelector]] = [:]
        for name in groups.keys.sorted() { _ = self.resolve(name, groups, path: [], into: &resolved) }
        return resolved
    }

    /// Depth first; a group met again on its own path is a circle, reported where it closes.
    private func resolve(
        _ name: String, _ groups: [String: [Member]], path: [String], into resolved: inout [String: [PrincipalSelector]]
    ) -> [PrincipalSelector] {
        if let known = resolved[name] { return known }
        var selectors: [PrincipalSelector] = []
        for member in groups[name] ?? [] {
            switch member.reference {
            case .selector(let selector): selectors.append(selector)
            case .namedGroup(let other):
                if other == name || path.contains(other) {
                    self.problems.error("group \(other) contains itself, by way of \(name)", at: member.mark)
                } else if groups[other] == nil {
                    self.problems.error("there is no group named \(other)", at: member.mark)
                } else {
                    selectors += self.resolve(other, groups, path: path + [name], into: &resolved)
                }
            }
        }
        resolved[name] = selectors
        return selectors
    }

    /// One principal as written; `nil` after reporting why it is none.
    static func reference(
        _ entry: Marked<String>, requiresTenants: Bool, problems: Problems
    ) -> PrincipalReference? {
        let reference: PrincipalReference
        do {
            reference = try PrincipalReference(entry.value)
        } catch {
            problems.error("'\(entry.value)' \(error.message)", at: entry.mark)
            return nil
        }
        guard requiresTenants, case .selector(let selector) = reference else { return reference }
        switch selector {
        case .user(let id), .application(let id), .object(let id), .group(let id):
            if id.tenant == nil {
                problems.error(
                    "'\(entry.value)' must be written TENANT/ID, since several tenants are configured", at: entry.mark)
            }
        case .any, .certificateURI, .certificateDNS: break
        }
        return reference
    }
}
