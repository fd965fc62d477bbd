import ARMModel
import AuditModel
import GRDB
import GatewayEnforcement
import StrictJSON

/// Looks through the end of the record for commands that were let through and of which no row tells what came of them.
///
/// Backwards from the last row, over the short columns alone, until rows are older than asked for. What came of a
/// command is told after its decision, so that on this way its row is met first.
enum UnansweredScan {
    private static let query = """
        SELECT "index", time < ?1, time < ?2, requestID,
            CASE WHEN event IN ('response', 'outcome') THEN 1
                WHEN event <> 'decision' THEN 0
                WHEN effect = 'allow' AND operation IN ('run', 'create', 'update') THEN 3 ELSE 2 END
        FROM record ORDER BY "index" DESC
        """

    /// - Throws: ``SQLFailure``, GRDB's error, or ``AuditLogError`` naming a row that cannot be read: whether its command
    ///   ran would not be known.
    static func commands(sinceMilliseconds since: Int64, in db: Database) throws -> [UnansweredCommand] {
        let scan = try SQLStatement(db, Self.query)
        let canonical = try SQLStatement(db, #"SELECT canonical FROM record WHERE "index" = ?"#)
        scan.bind(Timestamp.text(milliseconds: since - ClockSlack.milliseconds), at: 1)
        scan.bind(Timestamp.text(milliseconds: since), at: 2)
        defer { scan.clear() }
        var answered: Set<String> = []
        var found: [UnansweredCommand] = []
        while try scan.step() {
            if scan.integer(1) != 0 { break }
            let kind = scan.integer(4)
            guard kind != 0, let requestID = scan.text(3) else { continue }
            if kind == 1 {
                answered.insert(requestID)
                continue
            }
            guard answered.remove(requestID) == nil, kind == 3, scan.integer(2) == 0 else { continue }
            let index = scan.integer(0)
            canonical.bind(index, at: 1)
            defer { canonical.clear() }
            guard try canonical.step(), let bytes = canonical.bytes(0) else { throw Self.unreadable(index) }
            if let command = try Self.command(bytes, index: index) { found.append(command) }
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
