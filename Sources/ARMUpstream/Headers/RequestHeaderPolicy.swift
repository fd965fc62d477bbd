import HTTPMessages

/// Which header fields of a caller go on to ARM: an allow list, so that what nobody thought of stays here.
///
/// ARM sets `referer` and most of `x-ms-client-*` towards the provider by itself; from a caller they would be a
/// forgery. The bearer token, `host`, framing and `accept-encoding` are the connection's business.
package enum RequestHeaderPolicy {
    /// What a value must be like to go on. A value that does not fit is left out, as if the caller had not sent it.
    enum Rule: Sendable, Equatable {
        /// A GUID without braces, given once.
        case guid
        /// A list of language ranges.
        case languages
        /// `*` or entity tags, for the providers that honour preconditions.
        case entityTags
    }

    /// Names in lower case. Not in it and why: `x-ms-correlation-request-id`, since the gateway decides on it;
    /// `x-ms-return-client-request-id`, since the gateway echoes by itself.
    static let forwarded: [(name: String, rule: Rule)] = [
        ("x-ms-client-request-id", .guid),
        ("accept-language", .languages),
        ("if-match", .entityTags),
        ("if-none-match", .entityTags),
    ]

    /// The header fields of the request to ARM.
    ///
    /// - Parameters:
    ///   - callerValues: every value that the caller sent under the name given, which is in lower case.
    ///   - correlationID: the caller's if it was a GUID, else the gateway's; it joins ARM's Activity Log to the record.
    ///   - hasBody: whether a JSON body goes along.
    ///   - version: the gateway's own, for `user-agent`.
    package static func headers(
        correlationID: String, hasBody: Bool, version: String, callerValues: (String) -> [String]
    ) -> [(String, String)] {
        var headers: [(String, String)] = []
        headers.reserveCapacity(4 + forwarded.count)
        headers.append(("user-agent", "sallyport/" + version))
        headers.append(("accept", "application/json"))
        headers.append(("x-ms-correlation-request-id", correlationID))
        if hasBody { headers.append(("content-type", "application/json")) }
        for (name, rule) in forwarded {
            let values = callerValues(name)
            if values.count == 1, let value = values.first, rule.allows(value) { headers.append((name, value)) }
        }
        return headers
    }

    /// Whether the text is a GUID without braces, 8-4-4-4-12 hexadecimal digits in any case.
    package static func isGUID(_ text: String) -> Bool {
        guard text.utf8.count == 36 else { return false }
        return FieldText.withBytes(of: text) { bytes in
            for index in 0..<bytes.count {
                switch (index, bytes[index]) {
                case (8, let byte), (13, let byte), (18, let byte), (23, let byte):
                    guard byte == UInt8(ascii: "-") else { return false }
                case (_, 0x30...0x39), (_, 0x41...0x46), (_, 0x61...0x66): break
                default: return false
                }
            }
            return true
        }
    }
}

extension RequestHeaderPolicy.Rule {
    func allows(_ value: String) -> Bool {
        switch self {
        case .guid:
            return RequestHeaderPolicy.isGUID(value)
        case .languages:
            return (1...256).contains(value.utf8.count)
                && value.utf8.allSatisfy { byte in
                    switch byte {
                    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
                    case UInt8(ascii: "-"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: "."),
                        UInt8(ascii: "*"), UInt8(ascii: " "):
                        true
                    default: false
                    }
                }
        case .entityTags:
            return (1...256).contains(value.utf8.count) && value.utf8.allSatisfy { (0x20..<0x7f).contains($0) }
        }
    }
}
