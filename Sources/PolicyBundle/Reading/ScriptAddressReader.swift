import ARMModel
import PolicyCore
import YAMLReading

/// Reads a rule's `scriptURIs`.
struct ScriptAddressReader {
    let problems: Problems

    /// - Parameter rule: with operations and commands already read.
    func read(_ mapping: YAMLMapping, _ rule: Rule) -> ScriptAddressRule? {
        guard let section = mapping.mapping("scriptURIs") else { return nil }
        if rule.effect == .allow { section.require("mode") }
        if let mode = section.string("mode"), mode != "inline" { section.error("mode", "must be inline") }
        section.require("hosts")
        let hosts = section.markedStrings("hosts") ?? []
        if hosts.isEmpty, section.has("hosts") { section.error("hosts", "is empty") }
        for host in hosts {
            if let problem = ScriptAddressRule.problem(withHost: host.value) {
                self.problems.error("'\(section.name(of: "hosts"))' \(problem)", at: host.mark)
            }
        }
        let bytes = section.integer("maximumBytes", in: 1...ScriptAddressRule.mostBytes)
        switch rule.effect {
        case .allow: self.checkUse(mapping, rule)
        case .deny:
            if section.has("maximumBytes") { section.warning("maximumBytes", "has no meaning in a deny rule") }
        }
        return ScriptAddressRule(
            hosts: hosts.map(\.value), maximumBytes: bytes ?? ScriptAddressRule.defaultMaximumBytes)
    }

    /// Whether the rule can ever allow a script that was fetched.
    private func checkUse(_ mapping: YAMLMapping, _ rule: Rule) {
        if let operations = rule.operations, operations.runsScript, !operations.contains(.create),
            !operations.contains(.update)
        {
            mapping.warning("scriptURIs", "has no effect: an action (run) carries no address")
        }
        if !mapping.has("commands"), mapping.has("galleryScripts") {
            mapping.error("scriptURIs", "needs commands with a script or sha256; a gallery script has no address")
        }
        // An entry that could not be read is told already, and may have been the one.
        guard let commands = rule.commands, case .sequence(let written) = mapping.node("commands")?.content,
            commands.entries.count == written.count, commands.digests.isEmpty
        else { return }
        mapping.error(
            "scriptURIs",
            "needs commands with a script or sha256: what comes from an address is allowed by its digest only, "
                + "not as anyScript or under a builtIn")
    }
}
