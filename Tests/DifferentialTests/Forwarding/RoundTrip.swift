import ARMModel
import AuditModel
import PolicyCore
import Redaction
import StrictJSON

/// A body on its way through: read, judged, recorded, written afresh, and read again as ARM would get it.
struct RoundTrip: Sendable {
    enum Result: Sendable {
        case refused(Verdict)
        case accepted(Accepted)
        /// What ARM would get is not what was recorded.
        case mismatch(String)
    }

    struct Accepted: Sendable {
        var forwarded: [UInt8]
        /// The row of the record.
        var entry: AuditEntry
    }

    var forwarder = Forwarder.real

    func result(_ kind: BodyKind, _ bytes: [UInt8], _ version: APIVersion) -> Result {
        let node: JSONNode
        do throws(JSONError) { node = try JSONReader.read(bytes) } catch { return .refused(Verdict(error)) }
        do throws(RequestError) {
            switch kind {
            case .action: return self.action(try ActionBody(node, version: version), version)
            case .update: return self.update(try ManagedUpdate(node, version: version), version)
            }
        } catch {
            return .refused(Verdict(error))
        }
    }

    // MARK: The two kinds

    private func action(_ body: ActionBody, _ version: APIVersion) -> Result {
        let forwarded = self.forwarder.action(body)
        let again: ActionBody
        do { again = try ActionBody(JSONReader.read(forwarded), version: version) } catch {
            return .mismatch("the forwarded body is refused: \(error)")
        }
        if let field = CommandComparison.difference(body.command, again.command) { return .mismatch(field) }
        let entry = Self.entry(body.command, tags: nil)
        guard entry == Self.entry(again.command, tags: nil) else { return .mismatch("the record") }
        return .accepted(Accepted(forwarded: forwarded, entry: entry))
    }

    private func update(_ update: ManagedUpdate, _ version: APIVersion) -> Result {
        let merged = update.applied(to: StoredSamples.judged)
        if Self.isNeverAllowed(merged) { return .refused(.neverAllowed) }
        let forwarded: [UInt8]
        do throws(RequestError) { forwarded = try self.forwarder.update(update, merged, version) } catch {
            return .refused(Verdict(error))
        }
        let again: ManagedUpdate
        do { again = try ManagedUpdate(JSONReader.read(forwarded), version: version) } catch {
            return .mismatch("the forwarded body is refused: \(error)")
        }
        let arrived = again.applied(to: StoredSamples.judged)
        if let field = CommandComparison.difference(merged, arrived) { return .mismatch(field) }
        var changed = again.applied(to: StoredSamples.changed)
        // The flag came with an api-version; an older one cannot name it.
        if version < .v2023_03_01 { changed.treatFailureAsDeploymentFailure = .known(false) }
        if let field = CommandComparison.judgedDifference(merged, changed) {
            return .mismatch(field + ", once the stored command has changed")
        }
        guard CommandComparison.same(update.tags, again.tags) else { return .mismatch("tags") }
        guard again.readOnlyMembers.isEmpty else { return .mismatch("a read-only member is forwarded") }
        let entry = Self.entry(merged, tags: update.tags)
        guard entry == Self.entry(arrived, tags: again.tags) else { return .mismatch("the record") }
        return .accepted(Accepted(forwarded: forwarded, entry: entry))
    }

    /// An address with user information, and a `source` without any source: understood so that the refusal can say
    /// what is wrong, and allowed by no rule.
    private static func isNeverAllowed(_ command: Command) -> Bool {
        var addresses = [command.outputBlob.value ?? nil, command.errorBlob.value ?? nil]
        switch command.source {
        case .known(nil): return true
        case .known(.address(let address, _)?): addresses.append(address)
        default: break
        }
        return addresses.contains { $0?.hasUserInformation == true }
    }

    // MARK: The record

    private static func entry(_ command: Command, tags: [(name: String, value: String)]?) -> AuditEntry {
        self.encoder.decision(
            at: 0, request: self.facts, principal: self.principal, command: command,
            extras: CommandExtras(tags: tags), decision: self.decision)
    }

    private static let encoder = EntryEncoder(
        settings: RecordSettings(
            fingerprintKey: FingerprintKey(bytes: Array(0..<32)), salt: { [UInt8](repeating: 7, count: 16) }))
    private static let facts = RequestFacts(
        requestID: "r", correlationID: "c", clientRequestID: nil, clientAddress: "::1")
    private static let principal = Principal(kind: .user, id: "p")
    private static let decision = Decision(effect: .allow, rule: "web", policyDigest: "d")
}
