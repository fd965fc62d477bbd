import ARMModel
import PolicyCore

/// What runs on a machine, in the words of a message to those who may read it.
struct HeldCommand: Sendable, Hashable {
    private enum Source: Sendable, Hashable {
        case builtIn(commandID: String)
        case inline(commandID: String?, digest: String, scriptName: String?)
        case address
        case unknown
    }

    /// The words are put together where somebody asks for them, which is seldom.
    private let source: Source

    init(_ ready: ReadyCommand) {
        self.source =
            switch ready.command.source {
            case .known(.builtIn(let commandID)?): .builtIn(commandID: commandID)
            case .known(.inline(let commandID, let script)?):
                .inline(commandID: commandID, digest: script.digest, scriptName: ready.decision.scriptName)
            case .known(.address?), .known(.gallery?): .address
            case .known(nil), .unknown: .unknown
            }
    }

    /// As `RunShellScript, script disk-report`.
    var text: String {
        switch self.source {
        case .builtIn(let commandID): return Self.word(commandID)
        case .inline(let commandID, let digest, let scriptName):
            let script = scriptName.map { "script \($0)" } ?? "script with SHA-256 \(digest.prefix(12))…"
            return commandID.map { Self.word($0) + ", " + script } ?? script
        case .address: return "a script by address"
        case .unknown: return "a command"
        }
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
