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
        Self.update("leaves protected parameters out") { update, _ in update.properties.protectedParameters = nil },
        Self.update("leaves the password out") { update, _ in update.properties.runAsPassword = nil },
        Self.update("leaves tags out") { update, _ in update.tags = nil },
        Self.update("leaves the stored source to ARM") { update, merged in
            if update.properties.source == nil { merged.source = .unknown }
        },
        Self.update("leaves the shell to ARM") { _, merged in merged.scriptShell = .known(nil) },
        Self.update("loses an address's query") { update, _ in update.properties.outputBlob?.query = .known(nil) },
        Self.update("runs as the default account") { _, merged in merged.runAsUser = .known(nil) },
        Self.update("leaves the time-out out") { _, merged in merged.timeoutSeconds = .known(nil) },
        Self.update("takes one identity for another") { update, _ in
            if case .clientID(let id)? = update.properties.outputBlobIdentity {
                update.properties.outputBlobIdentity = .objectID(id)
            }
        },
        Self.update("turns the script's line ends") { _, merged in
            if case .known(.inline(let id, let script)) = merged.source {
                let text = String(decoding: script.text.utf8.map { $0 == 0x0A ? 0x0D : $0 }, as: UTF8.self)
                merged.source = .known(.inline(commandID: id, script: ScriptText(text)))
            }
        },
        Self.create("creates in another region") { create, _ in create.location = "elsewhere" },
        Self.create("leaves a creation's tags out") { create, _ in create.tags = nil },
        Self.create("leaves a creation's password out") { create, _ in create.properties.runAsPassword = nil },
        Self.create("creates with the default account") { _, judged in judged.runAsUser = .known(nil) },
        Self.create("leaves a fetched script's address to the machine") { create, judged in
            judged.source = .known(create.properties.source ?? nil)
        },
        Self.update("leaves an update's fetched address to the machine") { update, merged in
            if merged.fetchedFrom != nil, let source = update.properties.source {
                merged.source = .known(source)
                merged.replacedSource = nil
            }
        },
        Self.create("takes a built-in's id for a script") { _, judged in
            if case .known(.builtIn(let id)?) = judged.source {
                judged.source = .known(.inline(commandID: nil, script: ScriptText(id)))
            }
        },
        Self.create("loses an error blob's query") { create, _ in create.properties.errorBlob?.query = .known(nil) },
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

    private static func create(
        _ mistake: String, _ change: @escaping @Sendable (inout ManagedCreate, inout Command) -> Void
    ) -> WrongForwarder {
        var forwarder = Forwarder.real
        forwarder.create = { (create, judged, version) throws(RequestError) in
            var create = create
            var judged = judged
            change(&create, &judged)
            return try Forwarder.real.create(create, judged, version)
        }
        return WrongForwarder(description: mistake, forwarder: forwarder)
    }
}
