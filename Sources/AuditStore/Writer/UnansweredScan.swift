import ARMModel
import AuditModel
import GRDB
import GatewayEnforcement
import StrictJSON

/// Looks through the end of the record for commands that were let through and of which no row tells what came of them.
///
/// Backwards from the last row, over the short columns alone. What came of a command is told after its decision, so that
/// on this way its row is met first. How far:
/// - Each process looks before it serves, so that after a crash everything in doubt was decided since the `started` row of
///   the last process that served, be that days ago. One that died while it was looking wrote nothing that shows that it
///   served, and its `started` row does not count.
/// - After a process that stopped in order only what it may have left running at that moment is in doubt: as far back from
///   its end as was asked for from now.
/// - Always as far as was asked for; the first version of this program did not look.
enum UnansweredScan {
    private static let query = """
        SELECT "index", time < ?1, time < ?2, time < ?3, requestID,
            CASE event
                WHEN 'decision' THEN iif(effect = 'allow' AND operation IN ('run', 'create', 'update'), 4, 3)
                WHEN 'response' THEN 1 WHEN 'outcome' THEN 1 WHEN 'started' THEN 2
                WHEN 'lookup' THEN 5 WHEN 'authenticationFailed' THEN 5 WHEN 'auditRead' THEN 5 WHEN 'stopped' THEN 5
                ELSE 0 END
        FROM record ORDER BY "index" DESC
        """

    /// The rows that only a process that serves, or did, writes.
    private static let lastServedQuery = """
        SELECT event, time FROM record
        WHERE event IN ('decision', 'lookup', 'authenticationFailed', 'auditRead', 'stopped')
        ORDER BY "index" DESC LIMIT 1
        """

    /// What kind of row, as the query numbers them.
    private enum Kind: Int64 {
        case ofNoAccount, answer, started, otherDecision, command, ofService
    }

    /// - Parameter now: milliseconds since 1970.
    /// - Throws: ``SQLFailure``, GRDB's error, or ``AuditLogError`` naming a row that cannot be read: whether its command
    ///   ran would not be known. One older than asked for holds nothing back any more and is passed over.
    static func commands(sinceMilliseconds since: Int64, now: Int64, in db: Database) throws -> [UnansweredCommand] {
        let since = max(0, since)
        guard let served = try Row.fetchOne(db, sql: Self.lastServedQuery) else { return [] }
        let wasStopped = served["event"] == AuditEvent.stopped.rawValue
        var reach = since
        if wasStopped, let stopped = Timestamp.milliseconds(served["time"]) {
            reach = max(0, min(since, stopped - max(0, now - since)))
        }
        let scan = try SQLStatement(db, Self.query)
        let canonical = try SQLStatement(db, #"SELECT canonical FROM record WHERE "index" = ?"#)
        scan.bind(Timestamp.text(milliseconds: max(0, reach - ClockSlack.milliseconds)), at: 1)
        scan.bind(Timestamp.text(milliseconds: reach), at: 2)
        scan.bind(Timestamp.text(milliseconds: since), at: 3)
        defer { scan.clear() }
        var hasServed = false
        // Nothing is in doubt here but for what was asked for, or was left running.
        var isSettled = wasStopped
        var answered: Set<String> = []
        var found: [UnansweredCommand] = []
        while try scan.step() {
            if isSettled, scan.integer(1) != 0 { break }
            let kind = Kind(rawValue: scan.integer(5)) ?? .ofNoAccount
            switch kind {
            case .ofNoAccount: continue
            case .ofService:
                hasServed = true
                continue
            case .started:
                isSettled = isSettled || hasServed
                continue
            case .answer:
                if let requestID = scan.text(4) { answered.insert(requestID) }
                continue
            case .otherDecision, .command: hasServed = true
            }
            guard let requestID = scan.text(4), answered.remove(requestID) == nil, kind == .command,
                !isSettled || scan.integer(2) == 0
            else { continue }
            let index = scan.integer(0)
            canonical.bind(index, at: 1)
            defer { canonical.clear() }
            do {
                guard try canonical.step(), let bytes = canonical.bytes(0) else { throw Self.unreadable(index) }
                if let command = try Self.command(bytes, index: index) { found.append(command) }
            } catch is AuditLogError where scan.integer(3) != 0 {}
        }
        return found.reversed()
    }

    private static func unreadable(_ index: Int64) -> AuditLogError {
        .writeFailed("row \(index) of the record cannot be read, so it is not known whether its command ran")
    }

    /// - Returns: `nil` for a repeat, which was not forwarded, and for a row without a digest to compare with.
    private static func command(_ bytes: [UInt8], index: Int64) throws -> UnansweredCommand? {
        guard let node = try? JSONReader.read(bytes, limits: .record, names: .refuseIdentical),
            let requestID = node["requestID"]?.string, let correlationID = node["correlationID"]?.string,
            let principal = node["principal"], let kind = principal["kind"]?.string, let id = principal["id"]?.string,
            let operation = node["operation"]?.string.flatMap(Operation.init(rawValue:)),
            let family = CommandFamily(rawValue: node["family"]?.string ?? CommandFamily.standard.rawValue),
            let time = node["time"]?.string.flatMap(Timestamp.milliseconds)
        else { throw Self.unreadable(index) }
        guard node["repeatOf"] == nil, let digest = node["requestDigest"]?.string else { return nil }
        return UnansweredCommand(
            requestID: requestID, correlationID: correlationID, clientRequestID: node["clientRequestID"]?.string,
            owner: OperationOwner(
                issuer: principal["issuer"]?.string ?? "", tenant: principal["tenant"]?.string ?? "", kind: kind,
                id: id),
            operation: operation, target: Self.target(node["target"]), family: family,
            apiVersion: node["apiVersion"]?.string ?? "", requestDigest: digest, decisionIndex: index,
            decidedMilliseconds: time)
    }

    private static func target(_ node: JSONNode?) -> ResourceTarget {
        var target = ResourceTarget(
            subscription: node?["subscription"]?.string, resourceGroup: node?["resourceGroup"]?.string,
            runCommand: node?["runCommand"]?.string, location: node?["location"]?.string,
            catalogCommandID: node?["commandId"]?.string)
        if let machine = node?["virtualMachine"]?.string {
            target.machine = .virtualMachine(machine)
        } else if let scaleSet = node?["scaleSet"]?.string, let instance = node?["instance"]?.string {
            target.machine = .scaleSetInstance(scaleSet: scaleSet, instance: instance)
        }
        return target
    }
}
