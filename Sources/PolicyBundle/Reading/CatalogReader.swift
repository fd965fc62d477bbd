import ARMModel
import PolicyCore
import YAMLReading

/// Reads `scripts/catalog.yaml` and the scripts that it names.
struct CatalogReader {
    let files: BundleFiles
    let problems: Problems

    /// Commands by the script's name; a script that could not be read is absent, its problem reported.
    struct Catalog {
        var commands: [String: CommandRule] = [:]
        /// Names that stand in the catalogue, readable or not, so that one mistake is told once.
        var names: Set<String> = []
    }

    func read() -> Catalog {
        var catalog = Catalog()
        guard self.files.exists("scripts/catalog.yaml"), let document = self.files.document("scripts/catalog.yaml"),
            let file = YAMLMapping(document, problems: self.problems)
        else { return catalog }
        file.require("scripts")
        if let scripts = file.mapping("scripts") {
            for key in scripts.keys {
                catalog.names.insert(key.value)
                if !RuleReader.isName(key.value) {
                    self.problems.error("'\(scripts.name(of: key.value))' is no name for a script", at: key.mark)
                }
                guard let entry = scripts.mapping(key.value) else { continue }
                catalog.commands[key.value] = self.command(entry, name: key.value)
            }
            if scripts.keys.isEmpty { file.error("scripts", "is empty; remove the catalogue instead") }
        }
        file.finish()
        return catalog
    }

    private func command(_ entry: YAMLMapping, name: String) -> CommandRule? {
        _ = entry.string("description")
        let carrier = CarrierReader.read(entry, isRequired: true)
        let parameters = ParameterReader(problems: self.problems).read(entry, mayBeAny: false)
        guard let file = entry.requiredString("file") else { return nil }
        let mark = entry.mark(of: "file")
        guard Self.isRelative(file), file != "catalog.yaml" else {
            entry.error("file", "must name a file inside scripts/ by letters, digits, . _ - and /, without ..")
            return nil
        }
        guard let bytes = self.files.read("scripts/" + file, limit: ScriptFile.maximumBytes, at: mark),
            let script = ScriptFile.text(of: bytes, at: mark, problems: self.problems)
        else { return nil }
        let lines = script.lines.count
        if lines > ScriptText.mostLines {
            entry.error(
                "file", "has \(lines) lines; an action carries at most \(ScriptText.mostLines), so it could never run")
        }
        if carrier == .shell, bytes.contains(0x0D) {
            entry.warning("file", "has CR in its lines, which a shell takes for part of the command")
        }
        guard let carrier else { return nil }
        return CommandRule(
            source: .script(digest: script.digest), carrier: carrier, parameters: parameters.plain,
            protectedParameters: parameters.protected, scriptName: name)
    }

    private static func isRelative(_ path: String) -> Bool {
        path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
            !part.isEmpty && !part.hasPrefix(".")
                && part.unicodeScalars.allSatisfy {
                    $0.isASCII
                        && ($0.properties.isAlphabetic || $0.properties.numericType != nil
                            || "._-".unicodeScalars.contains($0))
                }
        }
    }
}

/// Reads `commandId`: which action may carry a script.
enum CarrierReader {
    static func read(_ entry: YAMLMapping, isRequired: Bool) -> CommandRule.Carrier? {
        guard entry.has("commandId") else {
            if isRequired { entry.require("commandId") }
            return nil
        }
        guard let text = entry.string("commandId") else { return nil }
        guard let carrier = CommandRule.Carrier(commandID: text) else {
            entry.error(
                "commandId",
                "must be RunShellScript or RunPowerShellScript: under any other built-in a script would replace its own"
            )
            return nil
        }
        return carrier
    }
}
