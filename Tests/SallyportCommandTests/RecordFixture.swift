import ARMModel
import AuditModel
import AuditStore
import Foundation
import GatewayEnforcement
import GatewayTestSupport
import Logging
import PolicyCore
import Redaction

/// A small record made by the gateway's own encoder and store, and a way to tamper with copies of it.
final class RecordFixture: Sendable {
    let directory: TestDirectory
    var path: String { self.directory.path("audit.sqlite") }

    /// Row n is written n seconds after this.
    static let start: Int64 = 1_800_000_000_000
    static let script = "#!/bin/bash\necho ORIGINAL\r\n\tdf -h \"$path\""
    static let hostile = "\u{1B}[2J\u{9B}31m\u{202E}evil\u{200B}\u{7}"

    private init(_ directory: TestDirectory) { self.directory = directory }

    /// 1 started, 2 allowed decision, 3 its response, 4 its outcome, 5 denied decision, 6 failed authentication.
    static func make(hostile: String = "Ann Example", keep: RecordSettings.Keep = .full) async throws -> RecordFixture {
        let fixture = RecordFixture(try TestDirectory())
        let log = try SQLiteAuditLog(
            options: AuditStoreOptions(path: fixture.path),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), now: { Self.start })
        for entry in Self.entries(name: hostile, keep: keep) { _ = try await log.append(entry, change: nil) }
        await log.close()
        return fixture
    }

    static let requestID = "aaaaaaaa-0000-4000-8000-000000000001"

    /// A record with one decision on a creation whose script was fetched, which repeats a request or knowingly goes again.
    static func makeRepeat(acknowledging: Bool) async throws -> RecordFixture {
        let fixture = RecordFixture(try TestDirectory())
        let log = try SQLiteAuditLog(
            options: AuditStoreOptions(path: fixture.path),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), now: { Self.start })
        var facts = RequestFacts(
            requestID: Self.requestID, correlationID: Self.requestID, clientRequestID: nil, clientAddress: "192.0.2.1",
            operation: .create,
            target: ResourceTarget(
                subscription: "00000000-0000-0000-0000-000000000000", resourceGroup: "rg-web",
                machine: .virtualMachine("web-1"), runCommand: "report"), apiVersion: "2025-04-01")
        facts.repeatOf = acknowledging ? nil : Self.earlierRequestID
        facts.acknowledgedRequest = acknowledging ? Self.earlierRequestID : nil
        var command = Command(source: .inline(commandID: nil, script: ScriptText(Self.script)))
        command.fetchedFrom = WebAddress(
            scheme: "https", host: "scripts.example", port: nil, hasUserInformation: false, path: "/report.sh",
            query: .known(Secret("?sig=canary-9")))
        let entry = EntryEncoder(
            settings: RecordSettings(fingerprintKey: FingerprintKey(bytes: Array(repeating: 7, count: 32)))
        ).decision(
            at: Self.start, request: facts,
            principal: Principal(kind: .application, id: "44444444-0000-0000-0000-000000000001"), command: command,
            extras: CommandExtras(
                location: "westus", tags: [(name: "team", value: "web")], readOnlyMembers: ["properties.instanceView"]),
            decision: Decision(effect: .allow, rule: "web-report", policyDigest: "d1"))
        _ = try await log.append(entry, change: nil)
        await log.close()
        return fixture
    }

    static let earlierRequestID = "aaaaaaaa-0000-4000-8000-000000000009"

    private static func entries(name: String, keep: RecordSettings.Keep) -> [AuditEntry] {
        let encoder = EntryEncoder(
            settings: RecordSettings(
                fingerprintKey: FingerprintKey(bytes: Array(repeating: 7, count: 32)), scriptText: keep,
                parameterValues: keep))
        func at(_ row: Int64) -> Int64 { Self.start + row * 1000 }
        let ann = Principal(
            kind: .user, id: "22222222-0000-0000-0000-000000000001", tenant: "T", issuer: "https://sts.example/T/",
            name: name, groups: .unknown)
        var facts = RequestFacts(
            requestID: Self.requestID, correlationID: Self.requestID, clientRequestID: nil, clientAddress: "192.0.2.1",
            operation: .run,
            target: ResourceTarget(
                subscription: "00000000-0000-0000-0000-000000000000", resourceGroup: "rg-web",
                machine: .virtualMachine("web-1")), apiVersion: "2025-04-01", justification: "ticket 7, \"urgent\"")
        var command = Command(source: .inline(commandID: "RunShellScript", script: ScriptText(Self.script)))
        command.parameters = .known([Parameter(name: "path", value: "/var/log")])
        command.protectedParameters = .known([ProtectedParameter(name: "token", value: Secret("canary-7d1"))])
        let allow = Decision(effect: .allow, rule: "web-disk-report", policyDigest: "d1")
        var outcome = Outcome(status: .failed)
        outcome.exitCode = 3
        outcome.executionMessage = "first line\nsecond line"
        let started = encoder.gateway(
            .started, at: at(1),
            details: GatewayDetails(version: "1.2.3", configurationDigest: "c1", policyDigest: "d1"))
        let decision = encoder.decision(at: at(2), request: facts, principal: ann, command: command, decision: allow)
        let response = encoder.response(
            at: at(3), request: facts,
            upstream: UpstreamFacts(result: "answered", status: 202, durationMilliseconds: 12))
        let end = encoder.outcome(at: at(4), request: facts, outcome: outcome, scrubbed: false)
        facts.requestID = "aaaaaaaa-0000-4000-8000-000000000002"
        facts.operation = .update
        facts.target?.machine = .scaleSetInstance(scaleSet: "web", instance: "0")
        facts.target?.runCommand = "report"
        let denied = encoder.decision(
            at: at(5), request: facts,
            principal: Principal(kind: .application, id: "44444444-0000-0000-0000-000000000001"), command: .unread,
            decision: Decision(
                effect: .deny, rule: nil,
                reasons: [Reason(code: "ParameterNotListed", message: "No such parameter.", target: "web-disk-report")],
                policyDigest: "d1"))
        let failed = encoder.authenticationFailed(
            at: at(6), clientAddress: "192.0.2.9", reason: "=expired", count: 4)
        return [started, decision, response, end, denied, failed]
    }

    /// Replaces bytes in the file itself, as somebody with a hex editor would.
    func tamper(_ old: String, _ new: String) throws {
        precondition(old.utf8.count == new.utf8.count)
        let file = URL(fileURLWithPath: self.path)
        var data = try Data(contentsOf: file)
        var found = 0
        while let range = data.range(of: Data(old.utf8)) {
            data.replaceSubrange(range, with: Data(new.utf8))
            found += 1
        }
        precondition(found > 0)
        try data.write(to: file)
    }
}
