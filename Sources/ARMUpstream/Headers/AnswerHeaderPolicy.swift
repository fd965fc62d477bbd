import HTTPMessages

/// Which header fields of ARM's answer go on to the caller: an allow list.
///
/// Not in it: `location` and `azure-asyncoperation`, whose places the gateway's own links take; `x-ms-request-id`,
/// which on a 202 opens the operation to any reader of the subscription and is kept for the record only; `retry-after`,
/// since the pipeline decides on which answers clients may take it as leave to send again (``RetryAfter``);
/// `content-type`, since the pipeline writes bodies anew; `set-cookie`, `server`, hop-by-hop fields, and whatever is
/// unknown.
enum AnswerHeaderPolicy {
    static let relayed = FieldNames([
        "cache-control", "pragma", "expires", "date", "etag", "strict-transport-security", "x-content-type-options",
        "x-ms-routing-request-id", "x-ms-failure-cause", "x-ms-request-charge",
    ])

    /// Only where the caller's own token was used, so that a claims challenge reaches who can meet it.
    static let challenges = FieldNames(["www-authenticate"])

    /// Fields that begin so go on always: Azure adds counters of this name over time.
    static let relayedPrefix: StaticString = "x-ms-ratelimit-remaining-"

    /// The longest value that is relayed, and the most occurrences of one answer.
    static let maximumValueBytes = 1024
    static let maximumFields = 64

    /// The name of a field that goes on, in lower case; nil for all others.
    ///
    /// - Parameter challenges: whether ``challenges`` go on too.
    static func relayedName(_ name: UnsafeBufferPointer<UInt8>, challenges: Bool) -> String? {
        if let listed = relayed.listed(name) { return listed }
        if challenges, let listed = Self.challenges.listed(name) { return listed }
        return FieldText.begins(name, with: relayedPrefix) ? FieldText.text(name).lowercased() : nil
    }

    static func isClean(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
        value.count <= maximumValueBytes && FieldText.isPrintable(value)
    }
}
