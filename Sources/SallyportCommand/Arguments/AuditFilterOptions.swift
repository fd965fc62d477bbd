import ARMModel
import ArgumentParser
import AuditModel
import AuditStore
import PolicyCore

/// The options by which `audit list` chooses rows.
struct AuditFilterOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Only this event: \(Self.events).", valueName: "name"),
        transform: { try Self.one(of: AuditEvent.allCases.map(\.rawValue), $0, "event") })
    var event: String?
    @Option(help: ArgumentHelp("Only this caller, by principal.id.", valueName: "id"))
    var principal: String?
    @Option(
        help: ArgumentHelp("Only this operation: \(Self.operations).", valueName: "name"),
        transform: { try Self.one(of: ARMModel.Operation.allCases.map(\.rawValue), $0, "operation") })
    var operation: String?
    @Option(help: ArgumentHelp("Only this virtual machine, or SCALESET/INSTANCE.", valueName: "name"))
    var machine: String?
    @Option(help: ArgumentHelp("Only decisions by this rule.", valueName: "id"))
    var rule: String?
    @Option(
        help: ArgumentHelp("Only decisions with this effect: allow or deny.", valueName: "effect"),
        transform: {
            try Self.one(of: [Decision.Effect.allow.rawValue, Decision.Effect.deny.rawValue], $0, "effect")
        })
    var effect: String?
    @Option(
        help: ArgumentHelp(
            "Only rows at or after this time: 2026-11-20, 2026-11-20T08:00:00Z, or 15m, 24h, 7d ago.",
            valueName: "time"))
    var since: PointInTime?
    @Option(help: ArgumentHelp("Only rows before this time.", valueName: "time"))
    var until: PointInTime?
    @Option(
        name: .customLong("request-id"),
        help: ArgumentHelp("Only rows of this request, by x-ms-request-id.", valueName: "id"))
    var requestID: String?
    @Option(help: ArgumentHelp("At most so many rows.", valueName: "count"))
    var limit: Int?
    @Option(
        help: ArgumentHelp(
            "Only rows that come after this one in the listing, to go on where another ended.", valueName: "index"))
    var after: Int64?
    @Flag(help: "The newest rows first.")
    var newestFirst = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1.") }
    }

    func filter(now: Int64) -> AuditFilter {
        var filter = AuditFilter()
        filter.event = self.event
        filter.principal = self.principal
        filter.operation = self.operation
        filter.machine = self.machine
        filter.rule = self.rule
        filter.effect = self.effect
        filter.since = self.since?.milliseconds(now: now)
        filter.until = self.until?.milliseconds(now: now)
        // On record they are in lower case.
        filter.requestID = self.requestID?.lowercased()
        filter.limit = self.limit
        filter.afterIndex = self.after
        filter.newestFirst = self.newestFirst
        return filter
    }

    private static var events: String { AuditEvent.allCases.map(\.rawValue).joined(separator: ", ") }
    private static var operations: String { ARMModel.Operation.allCases.map(\.rawValue).joined(separator: ", ") }

    /// A misspelt name would fit no row, and an empty listing looks like an answer.
    private static func one(of names: [String], _ name: String, _ what: String) throws -> String {
        guard names.contains(name) else {
            throw ValidationError("there is no \(what) of that name; known are \(names.joined(separator: ", ")).")
        }
        return name
    }
}
