package import StrictJSON

/// What ARM answers when it shows a managed command (facts §5.2, §5.3).
package enum ManagedCommandDocument {
    /// Whether it is what the operation defines: known members have their types (`null` stands for none), others may
    /// be anything.
    /// - Parameter name: of the command that was asked for; the document must name no other, without ASCII case.
    ///   `nil` where any may stand there, as in a list.
    package static func isOne(_ node: JSONNode, named name: String?) -> Bool {
        guard let members = node.members, node["properties"]?.members != nil else { return false }
        return members.allSatisfy { member in
            switch ASCIICase.lowered(member.name) {
            case "properties": self.fits(member.value, self.properties)
            case "name": member.value.isNoneOr { self.isText($0, naming: name) }
            case "id": member.value.isNoneOr { self.isText($0, naming: name, isPath: true) }
            default: true
            }
        }
    }

    /// Whether anything stands in it beside the command as it was sent: what the machine wrote, or members that nobody
    /// here knows and that might hold it.
    package static func showsRun(_ node: JSONNode) -> Bool {
        guard let members = node.members else { return !node.isNull }
        return members.contains { member in
            switch ASCIICase.lowered(member.name) {
            case "id", "name", "type", "location": !member.value.isNoneOr { $0.string != nil }
            case "tags", "systemdata": false
            case "properties": self.showsRun(properties: member.value)
            default: true
            }
        }
    }

    private static func showsRun(properties node: JSONNode) -> Bool {
        guard let members = node.members else { return !node.isNull }
        return members.contains { member in
            let name = ASCIICase.lowered(member.name)
            switch name {
            case "instanceview": return !member.value.isNull
            // A word; anything longer might quote something.
            case "provisioningstate": return !member.value.isNoneOr { $0.string.map(self.isWord) ?? false }
            case "protectedparameters", "runaspassword": return false
            default: return self.properties[name] == nil
            }
        }
    }

    private static func isWord(_ text: String) -> Bool {
        text.utf8.count <= 32
            && text.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(ASCIICase.lower($0)) }
    }

    private static func isText(_ node: JSONNode, naming name: String?, isPath: Bool = false) -> Bool {
        guard let text = node.string else { return false }
        guard let name else { return true }
        guard isPath else { return ASCIICase.areEqual(text, name) }
        // The path of a command, in whatever form ARM has it; any other text names none.
        let parts = text.utf8.split(separator: UInt8(ascii: "/")).suffix(2).map { String(Substring($0)) }
        guard parts.count == 2,
            ["runCommands", "diagnosticRunCommands"].contains(where: {
                ASCIICase.areEqual($0, parts[0])
            })
        else { return true }
        return ASCIICase.areEqual(parts[1], name)
    }

    // MARK: Shapes

    private indirect enum Shape: Sendable {
        case text, flag, number
        case elements, objects
        case object([String: Shape])
    }

    private static func fits(_ node: JSONNode, _ shapes: [String: Shape]) -> Bool {
        guard let members = node.members else { return false }
        return members.allSatisfy { member in
            guard let shape = shapes[ASCIICase.lowered(member.name)] else { return true }
            return member.value.isNoneOr { self.fits($0, shape) }
        }
    }

    private static func fits(_ node: JSONNode, _ shape: Shape) -> Bool {
        switch shape {
        case .text: node.string != nil
        case .flag: node.bool != nil
        case .number: if case .number = node.value { true } else { false }
        case .elements: node.array.flatMap(ResultElement.all) != nil
        case .objects: node.array?.allSatisfy { $0.members != nil } ?? false
        case .object(let members): self.fits(node, members)
        }
    }

    /// Names in lower case. Protected parameters and the password are not here: the gateway has replaced them.
    private static let properties: [String: Shape] = [
        "source": .object([
            "script": .text, "scripturi": .text, "commandid": .text, "galleryscriptreferenceid": .text,
            "scriptshell": .text, "scripturimanagedidentity": .object([:]),
        ]),
        "parameters": .objects, "runasuser": .text, "timeoutinseconds": .number, "asyncexecution": .flag,
        "treatfailureasdeploymentfailure": .flag, "outputbloburi": .text, "errorbloburi": .text,
        "outputblobmanagedidentity": .object([:]), "errorblobmanagedidentity": .object([:]),
        "provisioningstate": .text,
        "instanceview": .object([
            "executionstate": .text, "executionmessage": .text, "exitcode": .number, "output": .text, "error": .text,
            "starttime": .text, "endtime": .text, "statuses": .elements,
        ]),
    ]
}

extension JSONNode {
    fileprivate func isNoneOr(_ fits: (JSONNode) -> Bool) -> Bool { Optional(self).isNoneOr(fits) }
}
