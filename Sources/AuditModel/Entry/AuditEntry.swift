import Crypto

/// A finished row of the record, ready to be written: canonical bytes and what is searched by.
///
/// The index is given by the store, in order and without gaps, and is not part of the canonical bytes.
package final class AuditEntry: Sendable {
    package let event: AuditEvent
    /// Milliseconds since 1970, UTC; the same moment as the canonical `time`.
    package let timeMilliseconds: Int64
    /// RFC 8785 JSON.
    package let canonical: [UInt8]
    /// SHA-256 of `canonical`, 32 bytes.
    package let sha256: [UInt8]
    package let columns: AuditColumns
    package let bodies: [AuditBody]

    package init(
        event: AuditEvent, timeMilliseconds: Int64, canonical: [UInt8], columns: AuditColumns, bodies: [AuditBody]
    ) {
        self.event = event
        self.timeMilliseconds = timeMilliseconds
        self.canonical = canonical
        self.sha256 = SHA256.hash(data: canonical).withUnsafeBytes { Array($0) }
        self.columns = columns
        self.bodies = bodies
    }
}

extension AuditEntry: Equatable {
    /// Whether the two would be the same row; the digest follows from the bytes.
    package static func == (a: AuditEntry, b: AuditEntry) -> Bool {
        a.event == b.event && a.timeMilliseconds == b.timeMilliseconds && a.canonical == b.canonical
            && a.columns == b.columns && a.bodies == b.bodies
    }
}

/// Columns for searching. Each repeats a member of the canonical bytes, and `audit verify` holds them together.
package final class AuditColumns: Sendable, Hashable {
    /// GUID text.
    package let requestID: String?
    /// `principal.id`
    package let principal: String?
    package let operation: String?
    package let subscription: String?
    package let resourceGroup: String?
    /// `target.virtualMachine`, or `target.scaleSet` and `target.instance` joined by `/`.
    package let machine: String?
    package let runCommand: String?
    /// `decision.effect`
    package let effect: String?
    /// `decision.rule`
    package let rule: String?
    /// `command.scriptSHA256`
    package let scriptSHA256: String?
    /// `outcome.status`
    package let outcome: String?

    package init(
        requestID: String? = nil, principal: String? = nil, operation: String? = nil, subscription: String? = nil,
        resourceGroup: String? = nil, machine: String? = nil, runCommand: String? = nil, effect: String? = nil,
        rule: String? = nil, scriptSHA256: String? = nil, outcome: String? = nil
    ) {
        self.requestID = requestID
        self.principal = principal
        self.operation = operation
        self.subscription = subscription
        self.resourceGroup = resourceGroup
        self.machine = machine
        self.runCommand = runCommand
        self.effect = effect
        self.rule = rule
        self.scriptSHA256 = scriptSHA256
        self.outcome = outcome
    }

    private var all: [String?] {
        [
            self.requestID, self.principal, self.operation, self.subscription, self.resourceGroup, self.machine,
            self.runCommand, self.effect, self.rule, self.scriptSHA256, self.outcome,
        ]
    }

    package static func == (a: AuditColumns, b: AuditColumns) -> Bool { a.all == b.all }
    package func hash(into hasher: inout Hasher) { hasher.combine(self.all) }
}

/// A text that may have to be erased one day. The canonical bytes hold only its salted SHA-256, the commitment.
package struct AuditBody: Sendable, Hashable {
    /// JSON pointer of the member in the canonical bytes that holds the commitment, e.g. `/command/script`.
    package var pointer: String
    /// 16 random bytes.
    package var salt: [UInt8]
    /// `nil` where the configuration keeps only digests, or the text has been erased.
    package var text: [UInt8]?

    package init(pointer: String, salt: [UInt8], text: [UInt8]?) {
        self.pointer = pointer
        self.salt = salt
        self.text = text
    }

    /// SHA-256 over salt and text, lower-case hexadecimal: what the canonical bytes hold as
    /// `{"commitment": HEX, "length": BYTES}`.
    package static func commitment(salt: [UInt8], text: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: salt)
        hash.update(data: text)
        return hash.finalize().withUnsafeBytes { Array($0) }
    }
}
