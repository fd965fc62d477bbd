import ARMModel
import AuditModel
import Crypto
import Foundation
import GRDB
import GatewayEnforcement
import Logging
import Synchronization
import Testing

@testable import AuditStore

/// A directory of its own for one test, removed at its end, and what tests put into a record there.
final class StoreFixture: Sendable {
    let directory: URL
    var path: String { self.directory.appendingPathComponent("audit.sqlite").path }

    init() throws {
        self.directory = FileManager.default.temporaryDirectory
            .resolvingSymlinksInPath().appendingPathComponent("audit-store-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.directory, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: self.directory) }

    func log(
        clock: SettableClock = SettableClock(), _ change: (inout AuditStoreOptions) -> Void = { _ in }
    ) throws -> SQLiteAuditLog {
        var options = AuditStoreOptions(path: self.path)
        change(&options)
        return try SQLiteAuditLog(
            options: options, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            now: { clock.now })
    }

    /// The file as anybody with a shell and SQLite opens it.
    func raw<T>(_ body: (Database) throws -> T) throws -> T {
        let queue = try DatabaseQueue(path: self.path)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction(body)
    }

    func findings() throws -> [AuditFinding] {
        var findings: [AuditFinding] = []
        let report = try AuditVerification.run(AuditReader(path: self.path)) { findings.append($0) }
        #expect(report.findings == findings.count)
        return findings
    }

    /// A decision row like the real ones: every column set, one body.
    static func entry(
        _ number: Int = 1, machine: String = "web-1", principal: String = "alice", effect: String = "allow",
        script: String? = "df -h", extraBodies: [AuditBody] = []
    ) -> AuditEntry {
        let milliseconds = 1_800_000_000_000 + Int64(number) * 1000
        let time = Timestamp.text(milliseconds: milliseconds)
        let requestID = String(format: "00000000-0000-0000-0000-%012d", number)
        let text = Array((script ?? "kept as digest").utf8)
        let salt = (0..<16).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ number) }
        let digest = Self.hex(AuditBody.commitment(salt: salt, text: text))
        let scriptSHA256 = Self.hex(Array(SHA256.hash(data: text)))
        let canonical =
            #"{"command":{"script":{"commitment":"\#(digest)","length":\#(text.count)},"scriptSHA256":"\#(scriptSHA256)"},"#
            + #""decision":{"effect":"\#(effect)","rule":"web-disk"},"event":"decision","operation":"run","#
            + #""principal":{"id":"\#(principal)"},"requestID":"\#(requestID)","target":{"resourceGroup":"rg-web","#
            + #""subscription":"11111111-1111-1111-1111-111111111111","virtualMachine":"\#(machine)"},"time":"\#(time)"}"#
        return AuditEntry(
            event: .decision, timeMilliseconds: milliseconds, canonical: Array(canonical.utf8),
            columns: AuditColumns(
                requestID: requestID, principal: principal, operation: "run",
                subscription: "11111111-1111-1111-1111-111111111111", resourceGroup: "rg-web", machine: machine,
                effect: effect, rule: "web-disk", scriptSHA256: scriptSHA256),
            bodies: [AuditBody(pointer: "/command/script", salt: salt, text: script == nil ? nil : text)] + extraBodies)
    }

    /// A row of the gateway's own, without columns and bodies.
    static func plain(_ number: Int = 1, event: AuditEvent = .started, padding: Int = 0) -> AuditEntry {
        let milliseconds = 1_800_000_000_000 + Int64(number) * 1000
        let canonical =
            #"{"event":"\#(event.rawValue)","note":"\#(String(repeating: "x", count: padding))","#
            + #""time":"\#(Timestamp.text(milliseconds: milliseconds))"}"#
        return AuditEntry(
            event: event, timeMilliseconds: milliseconds, canonical: Array(canonical.utf8), columns: AuditColumns(),
            bodies: [])
    }

    static func operation(_ id: String = "op-1", created: Int64 = 1_800_000_000_000) -> StoredOperation {
        StoredOperation(
            id: id, owner: OperationOwner(issuer: "https://sts.example/", tenant: "t", kind: "user", id: "alice"),
            operation: .run, subscription: "11111111-1111-1111-1111-111111111111", location: "westus",
            targetPath: "/subscriptions/1/vm", apiVersion: "2025-04-01", statusLink: "/operations/1?sig=abc",
            resultLink: nil, decisionIndex: 1, createdMilliseconds: created)
    }

    /// An operation of whose request all is kept.
    static func told(
        _ id: String = "op-1", created: Int64 = 1_800_000_000_000, body: String = #"{"value":[]}"#
    ) -> StoredOperation {
        var operation = Self.operation(id, created: created)
        operation.requestDigest = Self.hex(Array(SHA256.hash(data: Array(id.utf8))))
        operation.clientRequestID = "caller-1"
        operation.answer = KeptAnswer(status: 202, retryAfter: "10", body: Array(body.utf8))
        return operation
    }

    static func hex(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }
}

extension SQLiteAuditLog {
    /// Keeps the writer busy until the answer is called, so that what is appended meanwhile waits together.
    func hold() async throws -> @Sendable () -> Void {
        let release = DispatchSemaphore(value: 0)
        await withCheckedContinuation { (held: CheckedContinuation<Void, Never>) in
            Task.detached {
                try await self.perform { _ in
                    held.resume()
                    release.wait()
                }
            }
        }
        return { release.signal() }
    }

    /// Until so many rows wait.
    func waiting(_ rows: Int) async {
        while self.statistics.waitingRows < rows { await Task.yield() }
    }
}

/// A clock that a test sets.
final class SettableClock: Sendable {
    private let milliseconds = Mutex<Int64>(1_800_000_000_000)
    var now: Int64 { self.milliseconds.withLock { $0 } }
    func advance(milliseconds: Int64) { self.milliseconds.withLock { $0 += milliseconds } }
}
