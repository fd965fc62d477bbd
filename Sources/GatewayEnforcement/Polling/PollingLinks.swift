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

    private static let statusQuery: StaticString = "?api-version="
    private static let resultQuery: StaticString = "?monitor=true&api-version="

    /// The form behind `Azure-AsyncOperation`.
    package func status(of operation: StoredOperation) -> String {
        var path = self.path(of: operation)
        return Self.link(&path, Self.statusQuery, operation.apiVersion)
    }

    /// The form behind `Location`.
    package func result(of operation: StoredOperation) -> String {
        var path = self.path(of: operation)
        return Self.link(&path, Self.resultQuery, operation.apiVersion)
    }

    /// Adds those that the answer which began the operation has.
    func add(_ operation: StoredOperation, to headers: inout [(String, String)]) {
        var path = self.path(of: operation)
        if operation.statusLink != nil {
            headers.append(("azure-asyncoperation", Self.link(&path, Self.statusQuery, operation.apiVersion)))
        }
        if operation.resultLink != nil {
            headers.append(("location", Self.link(&path, Self.resultQuery, operation.apiVersion)))
        }
    }

    /// All of a link but its query.
    private func path(of operation: StoredOperation) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(320)
        bytes += self.publicURL.utf8
        bytes += "/subscriptions/".utf8
        bytes += operation.subscription.utf8
        bytes += "/providers/Microsoft.Compute/locations/".utf8
        bytes += operation.location.utf8
        bytes += "/operations/".utf8
        bytes += operation.id.utf8
        return bytes
    }

    /// - Parameter path: as it was afterwards; borrowed for the whole text.
    private static func link(_ path: inout [UInt8], _ query: StaticString, _ apiVersion: String) -> String {
        let count = path.count
        query.withUTF8Buffer { path += $0 }
        path += apiVersion.utf8
        defer { path.removeLast(path.count - count) }
        return String(decoding: path, as: UTF8.self)
    }
}
