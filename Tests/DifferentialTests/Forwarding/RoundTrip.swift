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
            case .create: return self.create(try ManagedCreate(node, version: version), version)
            }
        } catch {
            return .refused(Verdict(error))
        }
    }

    // MARK: The kinds

    private func action(_ body: ActionBody, _ version: APIVersion) -> Result {
        let forwarded = self.forwarder.action(body)
        let again: ActionBody
        do { again = try ActionBody(JSONReader.read(forwarded), version: version) } catch {
            return .mismatch("the forwarded body is refused: \(error)")
        }
        if let field = CommandComparison.difference(body.command, again.command) { return .mismatch(field) }
        let entry = Self.entry(body.command, CommandExtras())
        guard entry == Self.entry(again.command, CommandExtras()) else { return .mismatch("the record") }
        return .accepted(Accepted(forwarded: forwarded, entry: entry))
    }

    private func update(_ update: ManagedUpdate, _ version: APIVersion) -> Result {
        let merged = update.applied(to: StoredSamples.judged(with: update))
        if Self.isNeverAllowed(merged) { return .refused(.neverAllowed) }
        let forwarded: [UInt8]
        do throws(RequestError) {
            forwarded = try self.forwarder.update(update, merged, version)
            if let what = Self.difference(update, merged, forwarded, version) { return .mismatch(what) }
            if let fetched = Self.fetched(merged) {
                let text = try self.forwarder.update(update, fetched, version)
                if let what = Self.difference(update, fetched, text, version) {
                    return .mismatch(what + ", of a fetched script")
                }
            }
        } catch {
            return .refused(Verdict(error))
        }
        let extras = CommandExtras(tags: update.tags)
        return .accepted(Accepted(forwarded: forwarded, entry: Self.entry(merged, extras)))
    }

    /// - Returns: what an update says otherwise, once forwarded.
    private static func difference(
        _ update: ManagedUpdate, _ merged: Command, _ forwarded: [UInt8], _ version: APIVersion
    ) -> String? {
        let again: ManagedUpdate
        do { again = try ManagedUpdate(JSONReader.read(forwarded), version: version) } catch {
            return "the forwarded body is refused: \(error)"
        }
        var arrived = again.applied(to: StoredSamples.judged)
        if let field = CommandComparison.difference(merged, arrived) { return field }
        var changed = again.applied(to: StoredSamples.changed)
        // The flag came with an api-version; an older one cannot name it.
        if version < .v2023_03_01 { changed.treatFailureAsDeploymentFailure = .known(false) }
        // No word takes a shell away from a stored command.
        if case .known(nil) = merged.scriptShell { changed.scriptShell = .known(nil) }
        if let field = CommandComparison.judgedDifference(merged, changed) {
            return field + ", once the stored command has changed"
        }
        guard CommandComparison.same(update.tags, again.tags) else { return "tags" }
        guard again.readOnlyMembers.isEmpty else { return "a read-only member is forwarded" }
        arrived.fetchedFrom = merged.fetchedFrom
        let before = self.entry(merged, CommandExtras(tags: update.tags))
        let after = self.entry(arrived, CommandExtras(tags: again.tags))
        return before == after ? nil : "the record"
    }

    private func create(_ create: ManagedCreate, _ version: APIVersion) -> Result {
        let judged = create.command
        if Self.isNeverAllowed(judged) { return .refused(.neverAllowed) }
        let forwarded: [UInt8]
        do throws(RequestError) {
            forwarded = try self.forwarder.create(create, judged, version)
            if let what = Self.difference(create, judged, forwarded, version) { return .mismatch(what) }
            if let fetched = Self.fetched(judged) {
                let text = try self.forwarder.create(create, fetched, version)
                if let what = Self.difference(create, fetched, text, version) {
                    return .mismatch(what + ", of a fetched script")
                }
            }
        } catch {
            return .refused(Verdict(error))
        }
        let extras = CommandExtras(location: create.location, tags: create.tags)
        return .accepted(Accepted(forwarded: forwarded, entry: Self.entry(judged, extras)))
    }

    /// The command once the gateway has fetched the script from its address; `nil` for one that has none.
    private static func fetched(_ command: Command) -> Command? {
        guard case .known(.address(let address, _)?) = command.source else { return nil }
        var command = command
        command.source = .known(.inline(commandID: nil, script: ScriptText(StoredSamples.script)))
        command.fetchedFrom = address
        // An update puts it in the place of a text only.
        command.replacedSource = command.replacedSource.map { _ in .inline(commandID: nil, script: ScriptText("old")) }
        return command
    }

    /// - Returns: what a creation says otherwise, once forwarded.
    private static func difference(
        _ create: ManagedCreate, _ judged: Command, _ forwarded: [UInt8], _ version: APIVersion
    ) -> String? {
        let again: ManagedCreate
        do { again = try ManagedCreate(JSONReader.read(forwarded), version: version) } catch {
            return "the forwarded body is refused: \(error)"
        }
        // Flags that were left out go out as their defaults.
        var judged = judged
        judged.asyncExecution = .known((judged.asyncExecution.value ?? nil) ?? false)
        if version >= .v2023_03_01 {
            judged.treatFailureAsDeploymentFailure = .known(
                (judged.treatFailureAsDeploymentFailure.value ?? nil) ?? false)
        }
        var arrived = again.command
        if let field = CommandComparison.difference(judged, arrived) { return field }
        guard CommandComparison.same(create.location, again.location) else { return "location" }
        guard CommandComparison.same(create.tags, again.tags) else { return "tags" }
        guard again.readOnlyMembers.isEmpty else { return "a read-only member is forwarded" }
        arrived.fetchedFrom = judged.fetchedFrom
        let before = self.entry(judged, CommandExtras(location: create.location, tags: create.tags))
        let after = self.entry(arrived, CommandExtras(location: again.location, tags: again.tags))
        return before == after ? nil : "the record"
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

    private static func entry(_ command: Command, _ extras: CommandExtras) -> AuditEntry {
        self.encoder.decision(
            at: 0, request: self.facts, principal: self.principal, command: command,
            extras: extras, decision: self.decision)
    }

    private static let encoder = EntryEncoder(
        settings: RecordSettings(
            fingerprintKey: FingerprintKey(bytes: Array(0..<32)), salt: { [UInt8](repeating: 7, count: 16) }))
    private static let facts = RequestFacts(
        requestID: "r", correlationID: "c", clientRequestID: nil, clientAddress: "::1")
    private static let principal = Principal(kind: .user, id: "p")
    private static let decision = Decision(effect: .allow, rule: "web", policyDigest: "d")
}
