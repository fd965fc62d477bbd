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
    package func status(of operation: StoredOperation) -> String { self.link(to: operation, "?api-version=") }

    /// The form behind `Location`.
    package func result(of operation: StoredOperation) -> String {
        self.link(to: operation, "?monitor=true&api-version=")
    }

    private func link(to operation: StoredOperation, _ query: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(320)
        bytes += self.publicURL.utf8
        bytes += "/subscriptions/".utf8
        bytes += operation.subscription.utf8
        bytes += "/providers/Microsoft.Compute/locations/".utf8
        bytes += operation.location.utf8
        bytes += "/operations/".utf8
        bytes += operation.id.utf8
        bytes += query.utf8
        bytes += operation.apiVersion.utf8
        return String(decoding: bytes, as: UTF8.self)
    }
}
