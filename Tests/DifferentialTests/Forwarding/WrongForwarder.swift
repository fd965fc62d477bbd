import ARMModel
import Foundation
import Redaction
import StrictJSON

/// Forwarders with one mistake each, which the checks must find.
struct WrongForwarder: Sendable, CustomStringConvertible {
    var description: String
    var forwarder: Forwarder

    static let all: [WrongForwarder] = [
        Self.action("loses the last parameter") { $0.parameters = $0.parameters.dropLast() },
        Self.action("turns the parameters round") { $0.parameters.reverse() },
        Self.action("changes the command id's case") { $0.commandID = $0.commandID.lowercased() },
        Self.action("takes no script for an empty one") { $0.script = $0.script ?? ScriptText("") },
        Self.action("leaves an empty script out") { if $0.script?.text == "" { $0.script = nil } },
        Self.action("composes letters with their accents") {
            $0.script = $0.script.map { ScriptText($0.text.precomposedStringWithCanonicalMapping) }
        },
        Self.text("writes a script twice", of: #""script":"#, as: #""script":["x"],"script":"#),
        Self.text("puts a comment in", of: #"{"#, as: "{/**/"),
        Self.update("leaves protected parameters out") { update, _ in update.protectedParameters = nil },
        Self.update("leaves the password out") { update, _ in update.runAsPassword = nil },
        Self.update("leaves tags out") { update, _ in update.tags = nil },
        Self.update("leaves the stored source to ARM") { update, merged in
            if update.source == nil { merged.source = .unknown }
        },
        Self.update("loses an address's query") { update, _ in update.outputBlob?.query = .known(nil) },
        Self.update("runs as the default account") { _, merged in merged.runAsUser = .known(nil) },
        Self.update("leaves the time-out out") { _, merged in merged.timeoutSeconds = .known(nil) },
        Self.update("takes one identity for another") { update, _ in
            if case .clientID(let id)? = update.outputBlobIdentity { update.outputBlobIdentity = .objectID(id) }
        },
        Self.update("turns the script's line ends") { _, merged in
            if case .known(.inline(let id, let script)) = merged.source {
                let text = String(decoding: script.text.utf8.map { $0 == 0x0A ? 0x0D : $0 }, as: UTF8.self)
                merged.source = .known(.inline(commandID: id, script: ScriptText(text)))
            }
        },
    ]

    private static func action(
        _ mistake: String, _ change: @escaping @Sendable (inout ActionBody) -> Void
    ) -> WrongForwarder {
        var forwarder = Forwarder.real
        forwarder.action = { body in
            var body = body
            change(&body)
            return Forwarder.real.action(body)
        }
        return WrongForwarder(description: mistake, forwarder: forwarder)
    }

    private static func text(_ mistake: String, of old: String, as new: String) -> WrongForwarder {
        var forwarder = Forwarder.real
        forwarder.action = { body in
            Array(String(decoding: Forwarder.real.action(body), as: UTF8.self).replacing(old, with: new).utf8)
        }
        return WrongForwarder(description: mistake, forwarder: forwarder)
    }

    private static func update(
        _ mistake: String, _ change: @escaping @Sendable (inout ManagedUpdate, inout Command) -> Void
    ) -> WrongForwarder {
        var forwarder = Forwarder.real
        forwarder.update = { (update, merged, version) throws(RequestError) in
            var update = update
            var merged = merged
            change(&update, &merged)
            return try Forwarder.real.update(update, merged, version)
        }
        return WrongForwarder(description: mistake, forwarder: forwarder)
    }
}
