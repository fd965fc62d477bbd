/// Which header fields of ARM's answer go on to the caller: an allow list.
///
/// Not in it: `location` and `azure-asyncoperation`, whose places the gateway's own links take; `x-ms-request-id`,
/// which on a 202 opens the operation to any reader of the subscription and is kept for the record only; `retry-after`,
/// since the pipeline decides on which answers clients may take it as leave to send again (``RetryAfter``);
/// `set-cookie`, `server`, hop-by-hop fields, and whatever is unknown.
package enum AnswerHeaderPolicy {
    /// When a listed field goes on.
    enum Rule: Sendable, Equatable {
        case always
        /// JSON as the gateway writes it, whatever spelling ARM chose.
        case json
        /// Only where the caller's own token was used, so that a claims challenge reaches who can meet it.
        case passthroughOnly
    }

    /// Names in lower case.
    static let relayed: [String: Rule] = [
        "content-type": .json,
        "cache-control": .always,
        "pragma": .always,
        "expires": .always,
        "date": .always,
        "etag": .always,
        "strict-transport-security": .always,
        "x-content-type-options": .always,
        "x-ms-routing-request-id": .always,
        "x-ms-failure-cause": .always,
        "x-ms-request-charge": .always,
        "www-authenticate": .passthroughOnly,
    ]

    /// Fields that begin so go on always: Azure adds counters of this name over time.
    static let relayedPrefix = "x-ms-ratelimit-remaining-"

    /// The longest value that is relayed, and the most occurrences of one answer.
    static let maximumValueBytes = 1024
    static let maximumFields = 64

    /// The fields to put on the answer to the caller, in ARM's order, names in lower case.
    ///
    /// - Parameters:
    ///   - status: the status that the caller is given.
    ///   - passthrough: whether the caller's own token went to ARM.
    package static func headers(
        from answer: UpstreamHeaders, status: Int, passthrough: Bool = false
    ) -> [(String, String)] {
        var headers: [(String, String)] = []
        for (name, value) in answer where headers.count < maximumFields {
            let name = name.lowercased()
            guard let rule = relayed[name] ?? (name.hasPrefix(relayedPrefix) ? .always : nil), isClean(value) else {
                continue
            }
            switch rule {
            case .always:
                headers.append((name, value))
            case .json:
                if isJSON(value) { headers.append((name, "application/json; charset=utf-8")) }
            case .passthroughOnly:
                if passthrough, status == 401 { headers.append((name, value)) }
            }
        }
        return headers
    }

    /// ARM's own id of the call, for the record; nil where there is none or more than one, or it is no GUID, which it
    /// is in every recording.
    package static func recordedRequestID(of answer: UpstreamHeaders) -> String? {
        answer.only("x-ms-request-id").flatMap { RequestHeaderPolicy.isGUID($0) ? $0 : nil }
    }

    private static func isJSON(_ value: String) -> Bool {
        // ARM's spelling.
        if value == "application/json; charset=utf-8" { return true }
        let type = value.prefix { $0 != ";" }.lowercased()
        return type == "application/json" || type == "text/json" || type == "application/json "
    }

    private static func isClean(_ value: String) -> Bool {
        value.utf8.count <= maximumValueBytes && value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
    }
}
