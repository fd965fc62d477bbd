import ARMModel

/// The short links that clients get in place of ARM's signed ones.
package struct PollingLinks: Sendable {
    /// `https://host[:port]`, without a slash at the end.
    package var publicURL: String
    /// `host` or `host:port` of ARM's endpoint, lower case: links to anything else are never followed.
    package var endpointAuthority: String

    package init(publicURL: String, endpointAuthority: String) {
        self.publicURL = publicURL
        self.endpointAuthority = endpointAuthority
    }

    /// The form behind `Azure-AsyncOperation`.
    package func status(of operation: StoredOperation) -> String {
        self.base(operation) + "api-version=" + operation.apiVersion
    }

    /// The form behind `Location`.
    package func result(of operation: StoredOperation) -> String {
        self.base(operation) + "monitor=true&api-version=" + operation.apiVersion
    }

    private func base(_ operation: StoredOperation) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        for piece in [
            self.publicURL, "/subscriptions/", operation.subscription, "/providers/Microsoft.Compute/locations/",
            operation.location, "/operations/", operation.id, "?",
        ] {
            bytes.append(contentsOf: piece.utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
