import ARMModel
import PolicyCore
import Redaction
import StrictJSON

/// Writes one row: canonical JSON with every object's members in sorted order, and the bodies apart. The order is the
/// code's; a test holds it against the RFC 8785 writer.
struct EntryWriter {
    var json: JSONWriter
    private(set) var bodies: [AuditBody] = []
    let settings: RecordSettings

    /// - Parameter room: for the bytes of most such rows; whatever is longer makes more.
    init(settings: RecordSettings, room: Int = 960) {
        self.settings = settings
        self.json = JSONWriter(capacity: room)
    }

    var bytes: [UInt8] { self.json.bytes }
    mutating func begin() { self.json.beginObject() }
    mutating func end() { self.json.endObject() }
    mutating func member(_ name: StaticString, _ value: String?) { self.json.member(name, value) }
    mutating func member(_ name: StaticString, _ value: Int64?) { self.json.member(name, value) }

    /// The moment of the row, in milliseconds since 1970.
    mutating func time(_ milliseconds: Int64) {
        self.json.member("time", length: Timestamp.length) { Timestamp.write(milliseconds: milliseconds, to: $0) }
    }

    // MARK: Texts that may have to be erased

    /// A commitment in the row, the text in a body of its own; without the text where it is not to be kept.
    mutating func committed(_ name: StaticString, _ text: String, pointer: String, keep: RecordSettings.Keep = .full) {
        let salt = self.settings.salt()
        let bytes = Array(text.utf8)
        self.json.name(name)
        self.json.beginObject()
        self.json.member("commitment", HexDigest.text(of: AuditBody.commitment(salt: salt, text: bytes)))
        self.json.member("length", bytes.count)
        self.json.endObject()
        self.bodies.append(AuditBody(pointer: pointer, salt: salt, text: keep == .full ? bytes : nil))
    }

    /// A secret's fingerprint in its place.
    mutating func redacted(_ name: StaticString, _ secret: Secret, label: FingerprintLabel) {
        self.json.name(name)
        self.json.beginObject()
        self.json.member("fingerprint", self.settings.fingerprintKey.fingerprint(of: secret, label: label).text)
        self.json.member("redacted", true)
        self.json.endObject()
    }

    mutating func unknown(_ name: StaticString) {
        self.json.name(name)
        self.json.beginObject()
        self.json.member("unknown", true)
        self.json.endObject()
    }

    // MARK: Parts

    mutating func principal(_ principal: Principal) {
        self.json.name("principal")
        self.json.beginObject()
        self.json.member("appID", principal.appID)
        if let certificate = principal.certificate {
            self.json.name("certificate")
            self.json.beginObject()
            self.strings("names", certificate.names)
            self.json.member("sha256", certificate.sha256)
            self.json.endObject()
        }
        if let groups = principal.groups.value {
            self.strings("groups", groups)
        } else {
            self.json.member("groups", "unknown")
        }
        self.json.member("id", principal.id)
        self.json.member("issuedAt", principal.issuedAt)
        self.json.member("issuer", principal.issuer)
        self.json.member("kind", principal.kind.rawValue)
        self.json.member("name", principal.name)
        self.strings("scopes", principal.scopes)
        self.json.member("tenant", principal.tenant)
        self.json.member("tokenID", principal.tokenID)
        self.json.endObject()
    }

    mutating func target(_ target: ResourceTarget) {
        let machine = target.machine
        self.json.name("target")
        self.json.beginObject()
        self.json.member("commandId", target.catalogCommandID)
        if case .scaleSetInstance(_, let instance)? = machine { self.json.member("instance", instance) }
        self.json.member("location", target.location)
        self.json.member("resourceGroup", target.resourceGroup)
        self.json.member("runCommand", target.runCommand)
        if case .scaleSetInstance(let scaleSet, _)? = machine { self.json.member("scaleSet", scaleSet) }
        self.json.member("subscription", target.subscription)
        if case .virtualMachine(let name)? = machine { self.json.member("virtualMachine", name) }
        self.json.endObject()
    }

    mutating func decision(_ decision: Decision) {
        self.json.name("decision")
        self.json.beginObject()
        if decision.isAnyScript { self.json.member("anyScript", true) }
        self.json.member("effect", decision.effect.rawValue)
        if let seconds = decision.obligations.timeoutSeconds {
            self.json.name("obligations")
            self.json.beginObject()
            self.json.member("timeoutInSeconds", seconds)
            self.json.endObject()
        }
        self.json.member("policyDigest", decision.policyDigest)
        self.json.name("reasons")
        self.json.beginArray()
        for reason in decision.reasons {
            self.json.beginObject()
            self.json.member("code", reason.code)
            self.json.member("message", reason.message)
            self.json.member("target", reason.target)
            self.json.endObject()
        }
        self.json.endArray()
        self.json.member("rule", decision.rule)
        self.json.member("scriptName", decision.scriptName)
        self.json.endObject()
    }

    mutating func content(_ content: UnreadableContent) {
        self.json.name("content")
        self.json.beginObject()
        self.json.member("length", content.length)
        self.json.member("offset", content.offset)
        self.json.member("reason", content.reason)
        self.json.endObject()
    }

    mutating func upstream(_ facts: UpstreamFacts) {
        self.json.name("upstream")
        self.json.beginObject()
        self.json.member("code", facts.code)
        self.json.member("durationMilliseconds", facts.durationMilliseconds)
        self.json.member("operationID", facts.operationID)
        if facts.redactions > 0 { self.json.member("redactions", facts.redactions) }
        self.json.member("requestID", facts.requestID)
        self.json.member("result", facts.result)
        self.json.member("status", facts.status)
        self.json.endObject()
    }

    mutating func outcome(_ outcome: Outcome, scrubbed: Bool) {
        self.json.name("outcome")
        self.json.beginObject()
        self.json.member("endTime", outcome.endTime)
        self.json.member("errorLength", outcome.errorLength)
        self.json.member("errorSHA256", outcome.errorSHA256)
        if let message = outcome.executionMessage {
            // It may quote the script.
            self.committed(
                "executionMessage", message, pointer: "/outcome/executionMessage", keep: self.settings.scriptText)
        }
        self.json.member("executionState", outcome.executionState)
        self.json.member("exitCode", outcome.exitCode)
        self.json.member("outputLength", outcome.outputLength)
        self.json.member("outputSHA256", outcome.outputSHA256)
        self.json.member("scrubbed", scrubbed)
        self.json.member("startTime", outcome.startTime)
        self.json.member("status", outcome.status.rawValue)
        self.json.endObject()
    }

    mutating func strings(_ name: StaticString, _ list: [String]) {
        self.json.name(name)
        self.json.beginArray()
        for text in list { self.json.string(text) }
        self.json.endArray()
    }
}
