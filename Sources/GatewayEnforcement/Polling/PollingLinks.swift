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

    private static let statusQuery = "?api-version="
    private static let resultQuery = "?monitor=true&api-version="

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
        bytes.append(self.publicURL)
        bytes.append("/subscriptions/")
        bytes.append(operation.subscription)
        bytes.append("/providers/Microsoft.Compute/locations/")
        bytes.append(operation.location)
        bytes.append("/operations/")
        bytes.append(operation.id)
        return bytes
    }

    /// - Parameter path: as it was afterwards; borrowed for the whole text.
    private static func link(_ path: inout [UInt8], _ query: String, _ apiVersion: String) -> String {
        let count = path.count
        path.append(query)
        path.append(apiVersion)
        defer { path.removeLast(path.count - count) }
        return String(decoding: path, as: UTF8.self)
    }
}
