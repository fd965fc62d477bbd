import Redaction

/// A bearer token, fit to be sent and never to be printed.
package struct BearerToken: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    private let headerValue: Secret

    /// - Returns: nil for a text that cannot stand in a header: empty, over 64 KiB, or with anything but visible
    ///   ASCII.
    package init?(_ token: String) {
        guard !token.isEmpty, token.utf8.count <= 65536, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            return nil
        }
        self.headerValue = Secret("Bearer " + token)
    }

    /// The value of the `authorization` header.
    package func withHeaderValue<Result>(_ body: (String) -> Result) -> Result { headerValue.withValue(body) }

    /// Its length.
    package var headerValueBytes: Int { headerValue.utf8Count }

    package var description: String { "<redacted>" }
    package var debugDescription: String { "<redacted>" }
}
