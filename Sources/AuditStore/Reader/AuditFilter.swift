import AuditModel

/// Which rows of the record to list; everything that is set must fit.
package struct AuditFilter: Sendable, Hashable {
    /// Exact name of the event.
    package var event: String?
    package var principal: String?
    package var operation: String?
    /// Name of a virtual machine, or `scaleSet/instance`; without ASCII case, as Azure's names are.
    package var machine: String?
    package var rule: String?
    package var effect: String?
    package var requestID: String?
    /// Milliseconds since 1970; rows at this time belong to it.
    package var since: Int64?
    /// Milliseconds since 1970; rows at this time do not belong to it any more.
    package var until: Int64?
    package var limit: Int?
    /// Only rows after this one in the order of the listing: greater, or smaller where the newest come first.
    package var afterIndex: Int64?
    package var newestFirst = false

    package init() {}

    /// Conditions in SQL with their values, without those on the index.
    var conditions: [(sql: String, value: String)] {
        var out: [(String, String)] = []
        if let event { out.append(("event = ?", event)) }
        if let principal { out.append(("principal = ?", principal)) }
        if let operation { out.append(("operation = ?", operation)) }
        if let machine { out.append(("machine = ? COLLATE NOCASE", machine)) }
        if let rule { out.append(("rule = ?", rule)) }
        if let effect { out.append(("effect = ?", effect)) }
        if let requestID { out.append(("requestID = ?", requestID)) }
        if let since { out.append(("time >= ?", Timestamp.text(milliseconds: max(0, since)))) }
        if let until { out.append(("time < ?", Timestamp.text(milliseconds: max(0, until)))) }
        return out
    }
}
