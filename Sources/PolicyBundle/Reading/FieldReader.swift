import ARMModel
import PolicyCore
import YAMLReading

/// Reads the members of a rule that speak of single fields of a command.
struct FieldReader {
    /// Members that only matter where a script runs.
    static let scriptKeys = [
        "commands", "storedSecrets", "scriptURIs", "galleryScripts", "managedIdentities", "runAs", "limits",
        "outputBlobs", "errorBlobs", "scriptShells",
    ]

    let problems: Problems

    func identities(_ mapping: YAMLMapping) -> IdentitySet? {
        guard let entries = self.list("managedIdentities", mapping) else { return nil }
        var set = IdentitySet(hasSystem: false, ids: [])
        for entry in entries {
            if entry.value == "system" {
                set.hasSystem = true
            } else if let id = GUID(entry.value) {
                set.ids.insert(id)
            } else {
                self.problems.error("'\(mapping.name(of: "managedIdentities"))' takes system and GUIDs", at: entry.mark)
            }
        }
        return set
    }

    func accounts(_ mapping: YAMLMapping) -> AccountSet? {
        guard let entries = self.list("runAs", mapping) else { return nil }
        var set = AccountSet(hasDefault: false)
        for entry in entries {
            if entry.value == "default" {
                set.hasDefault = true
            } else if AccountShape.isUser(entry.value) {
                set.names.append(entry.value)
            } else {
                self.problems.error(
                    "'\(mapping.name(of: "runAs"))' holds what no account can be called", at: entry.mark)
            }
        }
        return set
    }

    func limits(_ mapping: YAMLMapping) -> Limits {
        guard let limits = mapping.mapping("limits") else { return Limits() }
        if limits.keys.isEmpty { mapping.error("limits", "is empty") }
        return Limits(
            timeoutSeconds: limits.integer("timeoutSeconds", in: 1...Int(Int32.max)),
            asyncExecution: limits.boolean("asyncExecution"),
            treatFailureAsDeploymentFailure: limits.boolean("treatFailureAsDeploymentFailure"))
    }

    func blobs(_ key: String, _ mapping: YAMLMapping) -> [BlobPattern]? {
        self.list(key, mapping)?.compactMap { entry in
            do throws(BlobPattern.Malformed) {
                return try BlobPattern(entry.value)
            } catch {
                self.problems.error("'\(mapping.name(of: key))' \(error.message)", at: entry.mark)
                return nil
            }
        }
    }

    func scriptShells(_ mapping: YAMLMapping) -> Set<String>? {
        self.words("scriptShells", mapping, known: ["Default", "Powershell7"])
    }

    func apiVersions(_ mapping: YAMLMapping) -> Set<String>? {
        self.words("apiVersions", mapping, known: Self.knownVersions)
    }

    /// Those of the companion reads are other APIs', with versions of their own.
    private static let knownVersions = Set(APIVersion.API.allCases.flatMap(\.versions)).sorted()

    /// Resource ids of gallery script versions.
    func galleryScripts(_ mapping: YAMLMapping) -> [String]? {
        self.list("galleryScripts", mapping)?.compactMap { entry in
            if GalleryScriptID.isExact(entry.value) { return entry.value }
            self.problems.error(
                "'\(mapping.name(of: "galleryScripts"))' takes resource ids /subscriptions/…/resourceGroups/…/providers/"
                    + "Microsoft.Compute/galleries/…/scripts/…/versions/1.2.3, with a fixed version and no *",
                at: entry.mark)
            return nil
        }
    }

    private func words(_ key: String, _ mapping: YAMLMapping, known: [String]) -> Set<String>? {
        guard let entries = self.list(key, mapping) else { return nil }
        for entry in entries where !known.contains(entry.value) {
            self.problems.error(
                "'\(mapping.name(of: key))' holds an unknown word; known are \(known.joined(separator: ", "))",
                at: entry.mark)
        }
        return Set(entries.map(\.value))
    }

    private func list(_ key: String, _ mapping: YAMLMapping) -> [Marked<String>]? {
        guard let entries = mapping.markedStrings(key) else { return nil }
        if entries.isEmpty { mapping.error(key, "is empty") }
        return entries
    }
}
