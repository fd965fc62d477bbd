import ARMModel
import AuditModel
import Foundation
import GatewayTestSupport
import PolicyCore
import Redaction
import StrictJSON

/// Looks for every member of the specification's request bodies in each place where it must be: the table of members,
/// the reader, what the policy judges, and the record.
struct SpecWalk {
    /// What a member changes in what is judged. Written by hand: a member that is not listed is a finding.
    private enum Effect {
        case fields(Set<String>)
        /// It only holds others.
        case container
        case tags, location, readOnly
    }

    private static let effects: [String: Effect] = {
        var effects: [String: Effect] = [
            "commandId": .fields(["source"]), "script": .fields(["source"]), "parameters": .fields(["parameters"]),
            "tags": .tags, "location": .location, "properties": .container,
            "properties.source": .fields(["source"]),
            "properties.source.scriptShell": .fields(["scriptShell"]),
            "properties.parameters": .fields(["parameters"]),
            "properties.protectedParameters": .fields(["protectedParameters"]),
            "properties.asyncExecution": .fields(["asyncExecution"]), "properties.runAsUser": .fields(["runAsUser"]),
            "properties.runAsPassword": .fields(["runAsPassword"]),
            "properties.timeoutInSeconds": .fields(["timeoutSeconds"]),
            "properties.outputBlobUri": .fields(["outputBlob"]), "properties.errorBlobUri": .fields(["errorBlob"]),
            "properties.treatFailureAsDeploymentFailure": .fields(["treatFailureAsDeploymentFailure"]),
            "properties.provisioningState": .readOnly, "properties.instanceView": .readOnly,
        ]
        for name in ["script", "scriptUri", "commandId", "galleryScriptReferenceId", "scriptUriManagedIdentity"] {
            effects["properties.source." + name] = .fields(["source"])
        }
        for (place, field) in [
            ("properties.source.scriptUriManagedIdentity", "source"),
            ("properties.outputBlobManagedIdentity", "outputBlobIdentity"),
            ("properties.errorBlobManagedIdentity", "errorBlobIdentity"),
        ] {
            for name in ["", ".clientId", ".objectId"] { effects[place + name] = .fields([field]) }
        }
        for list in ["parameters", "properties.parameters", "properties.protectedParameters"] {
            for name in ["name", "value"] { effects[list + "[]." + name] = effects[list] }
        }
        return effects
    }()

    /// Values that satisfy a rule beyond their type.
    private static func sample(_ member: SpecMember) -> JSONNode {
        switch (member.type, member.name) {
        case ("string", "clientId"), ("string", "objectId"): JSONNode(.string(Samples.guid))
        case ("string", "commandId"): JSONNode(.string("ACommand"))
        case ("string", "location"): JSONNode(.string("westus2"))
        case ("string", "galleryScriptReferenceId"): JSONNode(.string(Self.gallery))
        case ("string", let name) where name.hasSuffix("Uri"):
            JSONNode(.string("https://h.example/c/\(name)?sig=\(Self.canary)"))
        case ("string", _): JSONNode(.string(Self.canary))
        case ("boolean", _): JSONNode(.bool(true))
        case ("integer", _): JSONNode(.number("61"))
        case ("array of string", _): JSONNode(.array([JSONNode(.string(Self.canary))]))
        case ("array of object", _) where member.isReadOnly: JSONNode(.array([JSONNode(.object([]))]))
        case ("array of object", _): JSONNode(.array([self.element]))
        case ("map", _): JSONNode(.object([JSONMember(name: "k", value: JSONNode(.string(Self.canary)))]))
        // An update takes no empty identity.
        case ("object", let name) where name.hasSuffix("ManagedIdentity"):
            JSONNode(.object([JSONMember(name: "clientId", value: JSONNode(.string(Samples.guid)))]))
        default: JSONNode(.object([]))
        }
    }

    private static let canary = "CANARY-value"
    private static let gallery =
        "/subscriptions/\(Samples.guid)/resourceGroups/g/providers/Microsoft.Compute/galleries/x/scripts/y"
        + "/versions/1.0.0"
    private static let element = JSONNode(
        .object([
            JSONMember(name: "name", value: JSONNode(.string("n"))),
            JSONMember(name: "value", value: JSONNode(.string(canary))),
        ]))

    private let version: APIVersion
    private var findings: [String] = []

    /// - Returns: what is missing where, in words; nothing if every member has its place everywhere.
    static func findings(in spec: SpecFiles, as version: APIVersion? = nil) throws -> [String] {
        guard let version = version ?? APIVersion(spec.version) else { return ["version \(spec.version) is not known"] }
        var walk = SpecWalk(version: version)
        try walk.walk(spec.members(of: "RunCommandInput"), RequestMembers.action) { body in
            (try ActionBody(body, version: version).command, CommandExtras())
        }
        try walk.walk(spec.members(of: "VirtualMachineRunCommandUpdate"), RequestMembers.managedUpdate) { body in
            let update = try ManagedUpdate(body, version: version)
            return (
                update.applied(to: .unread), CommandExtras(tags: update.tags, readOnlyMembers: update.readOnlyMembers)
            )
        }
        try walk.walk(spec.members(of: "VirtualMachineRunCommand"), RequestMembers.managedCreate) { body in
            let create = try ManagedCreate(body, version: version)
            return (
                create.command,
                CommandExtras(location: create.location, tags: create.tags, readOnlyMembers: create.readOnlyMembers)
            )
        }
        // The properties are the same for both; one word about each is enough.
        var seen: Set<String> = []
        return walk.findings.filter { seen.insert($0).inserted }
    }

    private init(version: APIVersion) { self.version = version }

    private typealias Reader = (JSONNode) throws -> (Command, CommandExtras)

    private mutating func walk(_ members: [SpecMember], _ table: [RequestMember], _ read: Reader) throws {
        for member in members {
            self.checkTable(member, table)
            self.checkReaderPolicyAndRecord(member, table, read)
        }
        let paths = Set(members.map(\.path))
        for entry in table where entry.since <= self.version && !paths.contains(entry.path) {
            self.findings.append("\(entry.path): in the table, not in the specification")
        }
    }

    // MARK: The table

    private mutating func checkTable(_ member: SpecMember, _ table: [RequestMember]) {
        func entry(_ path: String) -> RequestMember? { table.first { $0.path == path } }
        let readOnly = table.contains {
            $0.kind == .readOnly && (member.path == $0.path || member.path.hasPrefix($0.path + "."))
        }
        if readOnly {
            if !member.isReadOnly { self.findings.append("\(member.path): read-only in the table only") }
            return
        }
        if let list = member.list {
            if entry(list)?.kind != .parameters || !["name", "value"].contains(member.name) {
                self.findings.append("\(member.path): no entry in the table")
            }
            return
        }
        guard let entry = entry(member.path) else {
            self.findings.append("\(member.path): no entry in the table")
            return
        }
        if entry.since > self.version { self.findings.append("\(member.path): younger in the table") }
        if Self.kinds[member.type] != entry.kind || member.isReadOnly {
            self.findings.append("\(member.path): \(member.type) in the specification, \(entry.kind) in the table")
        }
        let name = member.name.lowercased()
        let holdsSecret = ["password", "protected", "secret", "token", "uri"].contains { name.contains($0) }
        if holdsSecret, member.type != "object", entry.sensitivity == .plain {
            self.findings.append("\(member.path): not marked as secret")
        }
    }

    private static let kinds: [String: RequestMember.Kind] = [
        "string": .string, "boolean": .boolean, "integer": .integer, "object": .object, "map": .stringMap,
        "array of string": .strings, "array of object": .parameters,
    ]

    // MARK: Reader, policy, record

    /// Reads a body with the member and one without (or, where it is required, with another value of it), and compares.
    private mutating func checkReaderPolicyAndRecord(_ member: SpecMember, _ table: [RequestMember], _ read: Reader) {
        let (without, with) = Self.bodies(member, table)
        let before: (Command, CommandExtras)
        let after: (Command, CommandExtras)
        do {
            before = try read(without)
            after = try read(with)
        } catch {
            self.findings.append("\(member.path): the reader refuses it: \(error)")
            return
        }
        var effect = member.isReadOnly ? .readOnly : Self.effects[member.path]
        // In a creation a source that holds nothing is none, as if it were not there.
        if table == RequestMembers.managedCreate, member.path == "properties.source" { effect = .container }
        let old = fields(of: before.0)
        let changed = Set(fields(of: after.0).filter { old[$0.key] != $0.value }.keys)
        switch effect {
        case nil: self.findings.append("\(member.path): no effect on what is judged is known")
        case .fields(let expected) where changed != expected:
            self.findings.append("\(member.path): changes \(changed.sorted()), not \(expected.sorted())")
        case .tags where (after.1.tags?.count ?? 0) == (before.1.tags?.count ?? 0):
            self.findings.append("\(member.path): not among the tags")
        case .location where after.1.location == before.1.location:
            self.findings.append("\(member.path): not the location")
        case .readOnly where after.1.readOnlyMembers == before.1.readOnlyMembers || !changed.isEmpty:
            self.findings.append("\(member.path): not among the read-only members")
        case .container where !changed.isEmpty: self.findings.append("\(member.path): changes \(changed.sorted())")
        default: break
        }
        if case .container? = effect { return }
        let row = Self.row(after)
        if Self.row(before).canonical == row.canonical {
            self.findings.append("\(member.path): leaves no trace on record")
        }
        let isSecret = table.contains {
            $0.sensitivity != .plain && ($0.path == member.path || $0.path == member.list)
        }
        let isFingerprinted = text(row.canonical).contains("\"fingerprint\"") || member.name == "name"
        let kept = [row.canonical] + row.bodies.compactMap(\.text)
        if isSecret, !isFingerprinted || (member.name != "name" && kept.contains { text($0).contains(Self.canary) }) {
            self.findings.append("\(member.path): a secret on record")
        }
    }

    private static func bodies(_ member: SpecMember, _ table: [RequestMember]) -> (without: JSONNode, with: JSONNode) {
        var base = JSONNode(.object([]))
        let isAction = table == RequestMembers.action
        if isAction { base = base.setting(["commandId"], to: JSONNode(.string("Another"))) }
        if table == RequestMembers.managedCreate {
            base = base.setting(["location"], to: JSONNode(.string("westus")))
        }
        // Something that the member goes with.
        if member.path.hasPrefix("properties.source.scriptUriManagedIdentity") {
            base = base.setting(["properties", "source", "scriptUri"], to: JSONNode(.string("https://h.example/")))
        }
        let parts = member.path.split(separator: ".").map(String.init)
        if let list = member.list {
            let path = list.split(separator: ".").map(String.init)
            var changed = member.isReadOnly ? JSONNode(.object([])) : self.element
            let value = member.name == "name" ? JSONNode(.string("m")) : self.sample(member)
            changed = changed.setting([member.name], to: value)
            let with = base.setting(path, to: JSONNode(.array([changed])))
            if member.isReadOnly { return (base, with) }
            let other = self.element.setting(["value"], to: JSONNode(.string("another")))
            return (base.setting(path, to: JSONNode(.array([other]))), with)
        }
        let with = base.setting(parts, to: self.sample(member))
        // Read-only objects are on record as wholes.
        if member.isReadOnly || parts.count == 1 { return (base, with) }
        var parent = base.setting(parts, to: nil)
        // An identity by the other of its two ids, since one without any is not taken in an update.
        if let other = ["clientId": "objectId", "objectId": "clientId"][member.name] {
            parent = parent.setting(parts.dropLast() + [other], to: JSONNode(.string(Samples.guid)))
        }
        return (parent, with)
    }

    private static func row(_ read: (Command, CommandExtras)) -> AuditEntry {
        EntryEncoder(settings: Samples.settings()).decision(
            at: 0, request: Samples.leastFacts, principal: Samples.leastPrincipal, command: read.0, extras: read.1,
            decision: Samples.leastDecision)
    }
}
