package import ARMModel
package import PolicyCore

/// Makes the rows of the record from the gateway's own values.
package struct EntryEncoder: Sendable {
    private let settings: RecordSettings

    package init(settings: RecordSettings) { self.settings = settings }

    /// A decision, allow or deny. `command` is what would run; `content` stands in its place where the body could not
    /// be read.
    package func decision(
        at time: Int64, request: RequestFacts, principal: Principal, command: Command? = nil,
        extras: CommandExtras = CommandExtras(), content: UnreadableContent? = nil, decision: Decision
    ) -> AuditEntry {
        self.first(
            .decision, at: time, request: request, principal: principal, command: command, extras: extras,
            content: content, decision: decision)
    }

    /// Before the gateway reads a stored command of its own accord, and which decision or operation that serves.
    package func lookup(
        at time: Int64, request: RequestFacts, principal: Principal, command: Command? = nil,
        extras: CommandExtras = CommandExtras()
    ) -> AuditEntry {
        self.first(
            .lookup, at: time, request: request, principal: principal, command: command, extras: extras, content: nil,
            decision: nil)
    }

    package func response(at time: Int64, request: RequestFacts, upstream: UpstreamFacts) -> AuditEntry {
        self.later(.response, at: time, request: request, upstream: upstream)
    }

    /// How a command ended. `scrubbed` says whether the secrets of the request were removed from what was relayed.
    package func outcome(at time: Int64, request: RequestFacts, outcome: Outcome, scrubbed: Bool) -> AuditEntry {
        self.later(.outcome, at: time, request: request, outcome: (outcome, scrubbed))
    }

    /// Failed authentications of one address for one reason in one minute.
    package func authenticationFailed(
        at time: Int64, clientAddress: String, reason: String, count: Int64
    ) -> AuditEntry {
        var writer = EntryWriter(settings: self.settings)
        writer.begin()
        writer.member("clientAddress", clientAddress)
        writer.member("count", count)
        writer.member("event", AuditEvent.authenticationFailed.rawValue)
        writer.member("reason", reason)
        writer.time(time)
        writer.end()
        return AuditEntry(
            event: .authenticationFailed, timeMilliseconds: time, canonical: writer.bytes, columns: AuditColumns(),
            bodies: [])
    }

    /// The gateway's own events, with what they tell.
    package func gateway(_ event: AuditEvent, at time: Int64, details: GatewayDetails) -> AuditEntry {
        var writer = EntryWriter(settings: self.settings)
        writer.begin()
        writer.member("configurationDigest", details.configurationDigest)
        writer.member("event", event.rawValue)
        writer.member("policyDigest", details.policyDigest)
        writer.member("policyRevision", details.policyRevision)
        writer.member("reason", details.reason)
        writer.time(time)
        writer.member("version", details.version)
        writer.member("warning", details.warning)
        writer.end()
        return AuditEntry(
            event: event, timeMilliseconds: time, canonical: writer.bytes, columns: AuditColumns(), bodies: [])
    }

    /// A row that says all there is to say about a request.
    private func first(
        _ event: AuditEvent, at time: Int64, request: RequestFacts, principal: Principal, command: Command?,
        extras: CommandExtras, content: UnreadableContent?, decision: Decision?
    ) -> AuditEntry {
        var writer = EntryWriter(settings: self.settings, room: 1_536)
        writer.begin()
        writer.member("acknowledgedRequest", request.acknowledgedRequest)
        writer.member("apiVersion", request.apiVersion)
        writer.member("clientAddress", request.clientAddress)
        writer.member("clientRequestID", request.clientRequestID)
        if let command { writer.command(command, extras: extras) }
        if let content { writer.content(content) }
        writer.member("correlationID", request.correlationID)
        if let decision { writer.decision(decision) }
        writer.member("event", event.rawValue)
        if request.operation != nil { writer.member("family", request.family.rawValue) }
        writer.member("justification", request.justification)
        writer.member("operation", request.operation?.rawValue)
        writer.principal(principal)
        writer.member("repeatOf", request.repeatOf)
        writer.member("requestDigest", request.requestDigest)
        writer.member("requestID", request.requestID)
        let target = request.target
        if let target { writer.target(target) }
        writer.time(time)
        writer.end()
        var scriptSHA256: String?
        if case .known(.inline(_, let script)) = command?.source { scriptSHA256 = script.digest }
        return AuditEntry(
            event: event, timeMilliseconds: time, canonical: writer.bytes,
            columns: AuditColumns(
                requestID: request.requestID, principal: principal.id, operation: request.operation?.rawValue,
                subscription: target?.subscription, resourceGroup: target?.resourceGroup,
                machine: target?.machine.map(Self.machine), runCommand: target?.runCommand,
                effect: decision?.effect.rawValue, rule: decision?.rule, scriptSHA256: scriptSHA256),
            bodies: writer.bodies)
    }

    /// A row that follows one of the same `requestID`, whose words it does not say again.
    private func later(
        _ event: AuditEvent, at time: Int64, request: RequestFacts, upstream: UpstreamFacts? = nil,
        outcome: (Outcome, scrubbed: Bool)? = nil
    ) -> AuditEntry {
        var writer = EntryWriter(settings: self.settings)
        writer.begin()
        writer.member("correlationID", request.correlationID)
        writer.member("event", event.rawValue)
        writer.member("operation", request.operation?.rawValue)
        if let outcome { writer.outcome(outcome.0, scrubbed: outcome.scrubbed) }
        writer.member("repeatOf", request.repeatOf)
        writer.member("requestID", request.requestID)
        let target = request.target
        if let target { writer.target(target) }
        writer.time(time)
        if let upstream { writer.upstream(upstream) }
        writer.end()
        return AuditEntry(
            event: event, timeMilliseconds: time, canonical: writer.bytes,
            columns: AuditColumns(
                requestID: request.requestID, operation: request.operation?.rawValue,
                subscription: target?.subscription, resourceGroup: target?.resourceGroup,
                machine: target?.machine.map(Self.machine), runCommand: target?.runCommand,
                outcome: outcome?.0.status.rawValue),
            bodies: writer.bodies)
    }

    /// ``AuditColumns/machine``
    private static func machine(_ machine: Machine) -> String {
        switch machine {
        case .virtualMachine(let name): name
        case .scaleSetInstance(let set, let instance): set + "/" + instance
        }
    }
}

/// What the gateway's own events tell.
package struct GatewayDetails: Sendable, Hashable {
    package var version: String?
    package var configurationDigest: String?
    package var policyDigest: String?
    package var policyRevision: String?
    package var reason: String?
    package var warning: String?

    package init(
        version: String? = nil, configurationDigest: String? = nil, policyDigest: String? = nil,
        policyRevision: String? = nil, reason: String? = nil, warning: String? = nil
    ) {
        self.version = version
        self.configurationDigest = configurationDigest
        self.policyDigest = policyDigest
        self.policyRevision = policyRevision
        self.reason = reason
        self.warning = warning
    }
}
