import ARMModel
import PolicyCore
import YAMLReading

/// Reads one entry of a rule's `commands`.
struct CommandReader {
    let catalog: CatalogReader.Catalog
    let effect: Decision.Effect
    let problems: Problems

    func read(_ entry: YAMLMapping) -> CommandRule? {
        let kinds = ["script", "sha256", "builtIn", "anyScript"].filter(entry.has)
        guard kinds.count == 1, let kind = kinds.first else {
            // What stands there is known, only too much or too little of it.
            for key in ["script", "sha256", "builtIn", "anyScript", "commandId", "parameters", "protectedParameters"] {
                _ = entry.node(key)
            }
            self.problems.error(
                "'\(YAMLMappingName.of(entry))' must have exactly one of script, sha256, builtIn, anyScript",
                at: entry.mark)
            return nil
        }
        switch kind {
        case "script": return self.script(entry)
        case "sha256": return self.digest(entry)
        case "builtIn": return self.builtIn(entry)
        default: return self.anyScript(entry)
        }
    }

    private func script(_ entry: YAMLMapping) -> CommandRule? {
        let name = entry.string("script", numbersAsText: true)
        entry.refuse(
            ["commandId", "parameters", "protectedParameters"],
            because: "stands in the catalogue for a script by name")
        guard let name else { return nil }
        guard self.catalog.names.contains(name) else {
            entry.error("script", "names no script of scripts/catalog.yaml")
            return nil
        }
        guard let command = self.catalog.commands[name] else { return nil }
        if self.effect == .allow { return command }
        // A deny means the script, not one way of calling it.
        return CommandRule(source: command.source, scriptName: command.scriptName)
    }

    private func digest(_ entry: YAMLMapping) -> CommandRule? {
        let text = entry.string("sha256", numbersAsText: true)
        let carrier = CarrierReader.read(entry, isRequired: self.effect == .allow)
        let parameters = ParameterReader(problems: self.problems).read(entry, mayBeAny: false)
        guard let text else { return nil }
        let digest = ASCIICase.lowered(text)
        guard digest.utf8.count == 64,
            digest.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        else {
            entry.error("sha256", "must be 64 hexadecimal digits; `sallyport policy digest FILE` prints them")
            return nil
        }
        return CommandRule(
            source: .script(digest: digest), carrier: carrier, parameters: parameters.plain,
            protectedParameters: parameters.protected)
    }

    private func builtIn(_ entry: YAMLMapping) -> CommandRule? {
        let id = entry.string("builtIn", numbersAsText: true)
        let parameters = ParameterReader(problems: self.problems).read(entry, mayBeAny: false)
        entry.refuse(["commandId"], because: "does not go with builtIn, which is a command id itself")
        guard let id else { return nil }
        guard ResourceName.isCommandID(id) else {
            entry.error("builtIn", "must be a command id: letters, digits and _")
            return nil
        }
        guard CommandRule.Carrier(commandID: id) == nil else {
            entry.error("builtIn", "may not name a command that exists to carry a script; name the script instead")
            return nil
        }
        return CommandRule(
            source: .builtIn(commandID: id), parameters: parameters.plain, protectedParameters: parameters.protected)
    }

    private func anyScript(_ entry: YAMLMapping) -> CommandRule? {
        if entry.boolean("anyScript") == false {
            entry.error("anyScript", "may only be true; leave the entry out instead")
        }
        let carrier = CarrierReader.read(entry, isRequired: self.effect == .allow)
        let parameters = ParameterReader(problems: self.problems).read(entry, mayBeAny: true)
        if self.effect == .allow {
            entry.warning("anyScript", "lets its principals run whatever they like on these targets")
        }
        return CommandRule(
            source: .anyScript, carrier: carrier, parameters: parameters.plain,
            protectedParameters: parameters.protected)
    }
}
