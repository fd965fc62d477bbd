import ARMModel
import AuditModel
import PolicyCore
import Redaction
import StrictJSON
import Testing

@Suite struct EntryEncodingTests {
    private static let encoder = EntryEncoder(settings: Samples.settings())

    /// Every event, with every optional part there and not there.
    private static func entries(_ encoder: EntryEncoder = encoder) throws -> [(String, AuditEntry)] {
        var entries: [(String, AuditEntry)] = []
        let time = Samples.time
        let extras = [
            CommandExtras(), CommandExtras(tags: []),
            CommandExtras(
                location: "westus", tags: [(name: "z", value: "1"), (name: "é/~", value: "")],
                readOnlyMembers: ["properties.instanceView"]),
        ]
        for facts in [Samples.fullFacts, Samples.leastFacts] {
            for principal in [Samples.fullPrincipal, Samples.leastPrincipal] {
                for decision in [Samples.fullDecision, Samples.leastDecision] {
                    for (name, command) in try Samples.commands() {
                        for extra in extras {
                            entries.append(
                                (
                                    "decision, \(name)",
                                    encoder.decision(
                                        at: time, request: facts, principal: principal, command: command, extras: extra,
                                        decision: decision)
                                ))
                        }
                    }
                    for offset in [nil, 7] {
                        let content = UnreadableContent(length: 9, reason: "syntax", offset: offset)
                        entries.append(
                            (
                                "decision on an unreadable body",
                                encoder.decision(
                                    at: time, request: facts, principal: principal, content: content, decision: decision
                                )
                            ))
                    }
                    entries.append(
                        (
                            "decision without a body",
                            encoder.decision(at: time, request: facts, principal: principal, decision: decision)
                        ))
                }
                for (name, command) in try Samples.commands() {
                    entries.append(
                        (
                            "lookup, \(name)",
                            encoder.lookup(at: time, request: facts, principal: principal, command: command)
                        ))
                }
                entries.append(("lookup", encoder.lookup(at: time, request: facts, principal: principal)))
            }
            for upstream in [
                UpstreamFacts(result: "notSent", durationMilliseconds: 0),
                UpstreamFacts(
                    result: "answered", status: 202, code: "C", requestID: "r", operationID: "o",
                    durationMilliseconds: 5,
                    redactions: 2),
            ] {
                entries.append(("response", encoder.response(at: time, request: facts, upstream: upstream)))
            }
            for outcome in [Samples.outcome(), Outcome(status: .unknown)] {
                entries.append(("outcome", encoder.outcome(at: time, request: facts, outcome: outcome, scrubbed: true)))
            }
        }
        entries.append(
            (
                "authenticationFailed",
                encoder.authenticationFailed(at: time, clientAddress: "::1", reason: "expired", count: 3)
            ))
        for event in [AuditEvent.started, .stopped, .policyLoaded, .policyRejected, .auditRead] {
            for details in [
                GatewayDetails(),
                GatewayDetails(
                    version: "1", configurationDigest: "c", policyDigest: "p", policyRevision: "r", reason: "x",
                    warning: "w"),
            ] {
                entries.append(("\(event)", encoder.gateway(event, at: time, details: details)))
            }
        }
        return entries
    }

    @Test func everyEventHasSamples() throws {
        #expect(Set(try Self.entries().map(\.1.event)) == Set(AuditEvent.allCases))
    }

    @Test func bytesAreCanonical() throws {
        for keep in [RecordSettings.Keep.full, .digest] {
            let encoder = EntryEncoder(settings: Samples.settings(scriptText: keep, parameterValues: keep))
            for (name, entry) in try Self.entries(encoder) {
                let node = try JSONReader.read(entry.canonical, limits: .record, names: .refuseCaseVariants)
                #expect(CanonicalJSON.bytes(of: node) == entry.canonical, "\(name): \(text(entry.canonical))")
                #expect(node["event"]?.string == entry.event.rawValue)
                #expect(node["time"]?.string == Timestamp.text(milliseconds: Samples.time))
                #expect(entry.timeMilliseconds == Samples.time)
                #expect(entry.sha256 == AuditBody.commitment(salt: [], text: entry.canonical))
            }
        }
    }

    @Test func bodiesFitTheirCommitments() throws {
        for keep in [RecordSettings.Keep.full, .digest] {
            let encoder = EntryEncoder(settings: Samples.settings(scriptText: keep, parameterValues: keep))
            for (name, entry) in try Self.entries(encoder) {
                let node = try JSONReader.read(entry.canonical, limits: .record, names: .refuseIdentical)
                var pointers = Set(Self.commitments(in: node, at: ""))
                for body in entry.bodies {
                    let place = try #require(Self.value(at: body.pointer, in: node), "\(name): \(body.pointer)")
                    #expect(pointers.remove(body.pointer) != nil)
                    #expect(body.salt == Samples.salt)
                    guard let text = body.text else { continue }
                    #expect(place["length"]?.integer == Int64(text.count))
                    #expect(
                        place["commitment"]?.string
                            == HexDigest.text(of: AuditBody.commitment(salt: body.salt, text: text)))
                }
                #expect(pointers.isEmpty, "\(name): \(pointers)")
            }
        }
    }

    private static func commitments(in node: JSONNode, at pointer: String) -> [String] {
        if let elements = node.array {
            return elements.enumerated().flatMap { self.commitments(in: $1, at: "\(pointer)/\($0)") }
        }
        if node["commitment"] != nil { return [pointer] }
        return (node.members ?? []).flatMap { self.commitments(in: $0.value, at: "\(pointer)/\($0.name)") }
    }

    private static func value(at pointer: String, in node: JSONNode) -> JSONNode? {
        pointer.split(separator: "/").reduce(node as JSONNode?) { place, part in
            if let elements = place?.array, let index = Int(part), elements.indices.contains(index) {
                return elements[index]
            }
            return place?.members?.first { $0.name == part }?.value
        }
    }

    @Test func columnsRepeatTheMembers() throws {
        for (name, entry) in try Self.entries() {
            let node = try JSONReader.read(entry.canonical, limits: .record, names: .refuseIdentical)
            let columns = entry.columns
            let target = node["target"]
            let instance = target?["scaleSet"]?.string.map { "\($0)/\(target?["instance"]?.string ?? "")" }
            let pairs: [(String?, String?)] = [
                (columns.requestID, node["requestID"]?.string), (columns.principal, node["principal"]?["id"]?.string),
                (columns.operation, node["operation"]?.string), (columns.subscription, target?["subscription"]?.string),
                (columns.resourceGroup, target?["resourceGroup"]?.string),
                (columns.runCommand, target?["runCommand"]?.string),
                (columns.machine, target?["virtualMachine"]?.string ?? instance),
                (columns.effect, node["decision"]?["effect"]?.string),
                (columns.rule, node["decision"]?["rule"]?.string),
                (columns.scriptSHA256, node["command"]?["scriptSHA256"]?.string),
                (columns.outcome, node["outcome"]?["status"]?.string),
            ]
            for (column, member) in pairs { #expect(column == member, "\(name)") }
        }
        let machine = RequestFacts(
            requestID: "i", correlationID: "c", clientRequestID: nil, clientAddress: "a", operation: .run,
            target: ResourceTarget(machine: .virtualMachine("vm")))
        let entry = Self.encoder.response(
            at: 0, request: machine, upstream: UpstreamFacts(result: "notSent", durationMilliseconds: 0))
        #expect(entry.columns.machine == "vm" && text(entry.canonical).contains(#""target":{"virtualMachine":"vm"}"#))
    }

    /// From Python's `hashlib`.
    @Test func aCommitmentIsSHA256OverSaltAndText() throws {
        let command = Command(source: .inline(commandID: nil, script: ScriptText("echo hi")))
        let entry = Self.encoder.decision(
            at: 0, request: Samples.leastFacts, principal: Samples.leastPrincipal, command: command,
            decision: Samples.leastDecision)
        #expect(
            text(entry.canonical).contains(
                #""script":{"commitment":"50f29ad1258dd0a16e8749ca5a4da04c3ec8f1d92b3eb9e287acee7e3efa1703","length":7}"#
            ))
        #expect(
            entry.bodies == [AuditBody(pointer: "/command/script", salt: Samples.salt, text: Array("echo hi".utf8))])
    }

    @Test func saltsAreRandomUnlessGiven() {
        let salts = (0..<100).map { _ in RecordSettings.randomSalt() }
        #expect(Set(salts).count == 100 && salts.allSatisfy { $0.count == 16 })
    }

    @Test func whatIsUnknownSaysSo() throws {
        let entry = Self.encoder.lookup(
            at: 0, request: Samples.leastFacts, principal: Samples.leastPrincipal, command: .unread)
        let node = try JSONReader.read(entry.canonical, limits: .record, names: .refuseIdentical)
        let command = try #require(node["command"]?.members)
        #expect(command.allSatisfy { $0.value["unknown"]?.bool == true })
        #expect(
            command.map(\.name) == [
                "asyncExecution", "errorBlobManagedIdentity", "errorBlobURI", "outputBlobManagedIdentity",
                "outputBlobURI",
                "parameters", "protectedParameters", "runAsPassword", "runAsUser", "scriptShell", "source",
                "timeoutInSeconds", "treatFailureAsDeploymentFailure",
            ])
        #expect(node["principal"]?["groups"]?.string == "unknown")
    }

    @Test func identitiesTellTheirKind() {
        for (identity, expected) in [
            (ManagedIdentity.system, #"{"system":true}"#),
            (.clientID(Samples.guid), #"{"clientId":"\#(Samples.guid)"}"#),
            (.objectID(Samples.guid), #"{"objectId":"\#(Samples.guid)"}"#),
        ] {
            var command = Command(source: nil)
            command.outputBlobIdentity = .known(identity)
            let entry = Self.encoder.lookup(
                at: 0, request: Samples.leastFacts, principal: Samples.leastPrincipal,
                command: command)
            #expect(text(entry.canonical).contains(#""outputBlobManagedIdentity":\#(expected)"#))
        }
    }

    /// The text that ran, and where it came from.
    @Test func aFetchedScriptIsShownWithItsAddress() throws {
        let secret = Secret("?sig=CANARY")
        var command = Command(source: .inline(commandID: nil, script: ScriptText("id")))
        command.fetchedFrom = Samples.address(query: secret)
        let entry = Self.encoder.decision(
            at: 0, request: Samples.leastFacts, principal: Samples.leastPrincipal, command: command,
            decision: Samples.leastDecision)
        let node = try JSONReader.read(entry.canonical, limits: .record, names: .refuseIdentical)
        let shown = try #require(node["command"])
        #expect(shown["script"]?["length"]?.integer == 2)
        #expect(shown["scriptSHA256"]?.string == ScriptText("id").digest)
        #expect(shown["scriptURI"]?["address"]?.string == "https://scripts.example/disk.sh")
        let fingerprint = Samples.settings().fingerprintKey.fingerprint(of: secret, label: .scriptQuery)
        #expect(shown["scriptURI"]?["query"]?["fingerprint"]?.string == fingerprint.text)
        #expect(shown["scriptURI"]?["query"]?["redacted"]?.bool == true)
        #expect(!text(entry.canonical).contains("CANARY"))
        command.fetchedFrom = nil
        let carried = Self.encoder.decision(
            at: 0, request: Samples.leastFacts, principal: Samples.leastPrincipal, command: command,
            decision: Samples.leastDecision)
        #expect(!text(carried.canonical).contains("scriptURI"))
    }

    @Test func everyMemberOfACreationIsThere() throws {
        let extras = CommandExtras(
            location: "WestUS", tags: [(name: "team", value: "web")], readOnlyMembers: ["properties.instanceView"])
        let entry = Self.encoder.decision(
            at: 0, request: Samples.leastFacts, principal: Samples.leastPrincipal, command: Command(source: nil),
            extras: extras, decision: Samples.leastDecision)
        let node = try JSONReader.read(entry.canonical, limits: .record, names: .refuseIdentical)
        #expect(node["command"]?["location"]?.string == "WestUS")
        #expect(node["command"]?["tags"]?.array?.count == 1)
        #expect(node["command"]?["readOnlyMembers"]?.array?.map(\.string) == ["properties.instanceView"])
    }

    @Test func whatARequestHasToDoWithAnEarlierOneIsSaid() throws {
        let decision = Self.encoder.decision(
            at: 0, request: Samples.fullFacts, principal: Samples.leastPrincipal, decision: Samples.leastDecision)
        let node = try JSONReader.read(decision.canonical, limits: .record, names: .refuseIdentical)
        #expect(node["repeatOf"]?.string == "earlier")
        #expect(node["acknowledgedRequest"]?.string == "another")
        let response = Self.encoder.response(
            at: 0, request: Samples.fullFacts, upstream: UpstreamFacts(result: "notSent", durationMilliseconds: 0))
        #expect(!text(response.canonical).contains("acknowledgedRequest"))
    }

    @Test func digestModesKeepNoText() throws {
        let settings = Samples.settings(scriptText: .digest, parameterValues: .digest)
        let encoder = EntryEncoder(settings: settings)
        let command = try Samples.command(
            #""source":{"script":"CANARY-script"},"parameters":[{"name":"n","value":"CANARY-value"}]"#)
        let entry = encoder.decision(
            at: 0, request: Samples.leastFacts, principal: Samples.leastPrincipal, command: command,
            decision: Samples.leastDecision)
        let row = text(entry.canonical)
        #expect(!row.contains("CANARY") && entry.bodies.isEmpty)
        #expect(row.contains(#""scriptSHA256":"\#(ScriptText("CANARY-script").digest)""#))
        let fingerprint = settings.fingerprintKey.fingerprint(of: Secret("CANARY-value"), label: .parameter)
        #expect(row.contains(#"{"name":"n","value":{"fingerprint":"\#(fingerprint.text)","redacted":true}}"#))

        var outcome = Samples.outcome()
        outcome.executionMessage = "CANARY"
        let end = encoder.outcome(at: 0, request: Samples.leastFacts, outcome: outcome, scrubbed: true)
        #expect(!text(end.canonical).contains("CANARY"))
        #expect(end.bodies == [AuditBody(pointer: "/outcome/executionMessage", salt: Samples.salt, text: nil)])
    }

    @Test func fullModesKeepTextsApart() throws {
        let command = try Samples.command(
            #""source":{"script":"CANARY-script"},"parameters":[{"name":"n","value":"CANARY-value"}]"#)
        let entry = Self.encoder.decision(
            at: 0, request: Samples.leastFacts, principal: Samples.leastPrincipal, command: command,
            extras: CommandExtras(tags: [(name: "CANARY-name", value: "CANARY-tag")]), decision: Samples.leastDecision)
        #expect(!text(entry.canonical).contains("CANARY"))
        #expect(
            entry.bodies.map(\.pointer) == [
                "/command/parameters/0/value", "/command/script", "/command/tags/0/name", "/command/tags/0/value",
            ])
        #expect(
            entry.bodies.compactMap(\.text).map(text) == ["CANARY-value", "CANARY-script", "CANARY-name", "CANARY-tag"])
    }
}
