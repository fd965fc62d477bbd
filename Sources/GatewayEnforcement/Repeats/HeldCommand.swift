import ARMModel
import PolicyCore

/// What runs on a machine, in the words of a message to those who may read it.
struct HeldCommand: Sendable, Hashable {
    /// As `RunShellScript, script disk-report`.
    let text: String

    init(_ ready: ReadyCommand) {
        guard case .known(let source?) = ready.command.source else {
            self.text = "a command"
            return
        }
        var parts: [String] = []
        switch source {
        case .builtIn(let commandID): parts.append(Self.word(commandID))
        case .inline(let commandID, let script):
            if let commandID { parts.append(Self.word(commandID)) }
            let name = ready.decision.scriptName.map { "script \($0)" }
            parts.append(name ?? "script with SHA-256 \(script.digest.prefix(12))…")
        case .address, .gallery: parts.append("a script by address")
        }
        self.text = parts.joined(separator: ", ")
    }

    /// Azure's names of commands are words; what is none is not repeated to others.
    private static func word(_ commandID: String) -> String {
        let isWord =
            (1...64).contains(commandID.utf8.count)
            && commandID.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(ASCIICase.lower(byte))
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
        return isWord ? commandID : "a command"
    }
}
