/// Compares what a foreign reader took the received body for with what it takes the forwarded one for, knowing
/// nothing of our typed values.
enum BodyMeaning {
    /// - Returns: what differs.
    static func difference(_ kind: BodyKind, received: ForeignValue, forwarded: ForeignValue) -> String? {
        switch kind {
        case .action: self.actionDifference(received, forwarded)
        case .update: self.updateDifference(received, forwarded)
        case .create: self.createDifference(received, forwarded)
        }
    }

    // MARK: Action

    private static func actionDifference(_ received: ForeignValue, _ forwarded: ForeignValue) -> String? {
        for value in [received, forwarded] {
            guard let names = value.members?.keys, names.allSatisfy({ self.actionNames.contains($0) }) else {
                return "an unknown member"
            }
        }
        if received["commandId"]?.bytes == nil || received["commandId"] != forwarded["commandId"] {
            return "commandId"
        }
        if self.scriptText(received["script"]) != self.scriptText(forwarded["script"]) { return "script" }
        if (received["parameters"] ?? .array([])) != (forwarded["parameters"] ?? .array([])) { return "parameters" }
        return nil
    }

    private static let actionNames: Set<[UInt8]> = Set(["commandId", "script", "parameters"].map { Array($0.utf8) })

    /// The lines joined with one line feed, without line ends at the very end.
    static func scriptText(_ value: ForeignValue?) -> [UInt8]? {
        if let text = value?.bytes { return self.trimmed(text) }
        guard let lines = value?.elements else { return nil }
        return self.trimmed(Array(lines.map { $0.bytes ?? [0xFF] }.joined(separator: [0x0A])))
    }

    private static func trimmed(_ text: [UInt8]) -> [UInt8] {
        Array(text[...(text.lastIndex { $0 != 0x0A && $0 != 0x0D } ?? -1)])
    }

    // MARK: Update

    private static func updateDifference(_ received: ForeignValue, _ forwarded: ForeignValue) -> String? {
        guard let outer = received.members, let sent = forwarded.members else { return "not an object" }
        let top = Set(["tags", "properties"].map { Array($0.utf8) })
        guard outer.keys.allSatisfy(top.contains), sent.keys.allSatisfy(top.contains) else { return "an outer member" }
        return self.managedDifference(received, forwarded, added: self.stored)
    }

    /// - Parameter added: the properties that may come in addition.
    private static func managedDifference(
        _ received: ForeignValue, _ forwarded: ForeignValue, added: [[UInt8]: ForeignValue]
    ) -> String? {
        if received["tags"] != forwarded["tags"] { return "tags" }
        guard let before = (received["properties"] ?? .object([:])).members,
            let after = forwarded["properties"]?.members
        else { return "properties" }
        for (name, value) in before where !self.readOnly.contains(name) {
            guard let arrived = after[name], self.plain(name, value) == self.plain(name, arrived) else {
                return String(decoding: name, as: UTF8.self)
            }
        }
        for (name, value) in after where before[name] == nil {
            guard added[name] == value else { return String(decoding: name, as: UTF8.self) + " of nobody" }
        }
        return self.readOnly.contains { after[$0] != nil } ? "a read-only member" : nil
    }

    private static let readOnly: Set<[UInt8]> = Set(["provisioningState", "instanceView"].map { Array($0.utf8) })

    /// What the merge with the stored command may add.
    private static let stored: [[UInt8]: ForeignValue] = {
        func text(_ text: String) -> [UInt8] { Array(text.utf8) }
        return [
            text("source"): .object([text("script"): .string(text(StoredSamples.script))]),
            text("parameters"): .array([
                .object([text("name"): .string(text("stored")), text("value"): .string(text("kept"))])
            ]),
            text("runAsUser"): .string(text(StoredSamples.user)),
            text("timeoutInSeconds"): .number(String(StoredSamples.seconds)),
            text("asyncExecution"): .bool(true), text("treatFailureAsDeploymentFailure"): .bool(false),
        ]
    }()

    // MARK: Creation

    private static func createDifference(_ received: ForeignValue, _ forwarded: ForeignValue) -> String? {
        guard let outer = received.members, let sent = forwarded.members else { return "not an object" }
        let own = Set(["location", "tags", "properties"].map { Array($0.utf8) })
        let setByARM = Set(["id", "name", "type", "systemData"].map { Array($0.utf8) })
        guard outer.keys.allSatisfy({ own.contains($0) || setByARM.contains($0) }), sent.keys.allSatisfy(own.contains)
        else { return "an outer member" }
        guard let place = forwarded["location"]?.bytes, let given = received["location"]?.bytes,
            place == given.filter({ $0 != 0x20 }).map({ (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 })
        else { return "location" }
        return self.managedDifference(received, forwarded, added: self.defaults)
    }

    /// What a creation may say outright though it was left out.
    private static let defaults: [[UInt8]: ForeignValue] = [
        Array("parameters".utf8): .array([]), Array("asyncExecution".utf8): .bool(false),
        Array("treatFailureAsDeploymentFailure".utf8): .bool(false),
    ]

    // MARK: Spellings

    /// Without what may be spelt in more than one way: line ends after a script, and an address's scheme, host and
    /// port.
    private static func plain(_ name: [UInt8], _ value: ForeignValue) -> ForeignValue {
        switch (String(decoding: name, as: UTF8.self), value) {
        case ("source", .object(let members)):
            var out: [[UInt8]: ForeignValue] = [:]
            for (name, value) in members { out[name] = self.plain(name, value) }
            return .object(out)
        case ("script", .string(let text)): return .string(self.trimmed(text))
        case ("outputBlobUri", .string(let text)), ("errorBlobUri", .string(let text)),
            ("scriptUri", .string(let text)):
            return .string(self.plainAddress(text))
        default: return value
        }
    }

    private static func plainAddress(_ text: [UInt8]) -> [UInt8] {
        let parts = text.split(separator: UInt8(ascii: "/"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count > 1 else { return text }
        let end = text.dropFirst(parts[0].count + 2).firstIndex { "/?#".utf8.contains($0) } ?? text.endIndex
        var authority = Array(String(decoding: text[..<end], as: UTF8.self).lowercased().utf8)
        if let colon = authority.lastIndex(of: UInt8(ascii: ":")) {
            let digits = authority[(colon + 1)...]
            if !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) {
                authority = authority[...colon] + Array(digits.drop { $0 == 0x30 })
            }
        }
        return authority + text[end...]
    }
}
